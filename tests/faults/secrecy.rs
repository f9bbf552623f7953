//! Servers that are asked by https and cannot prove who they are, or do not speak it at all.
//!
//! `keys/` holds a key of nobody and a certificate that it has signed itself, good until 2126; both are as public as this file.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::server::{Manner, Server, answer};
use super::{Map, PATIENCE, provider_at, view};

/// A server that speaks https and has only its own word for who it is. Tells what it was asked.
fn impostor() -> (SocketAddr, std::sync::mpsc::Receiver<Vec<u8>>) {
    let certificate = CertificateDer::from(include_bytes!("keys/nobody.crt").to_vec());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(include_bytes!("keys/nobody.key").to_vec()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, asked) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut bytes = [0; 100];
            // The other side hangs up when it has seen the certificate.
            if let Ok(count) = StreamOwned::new(connection, stream).read(&mut bytes)
                && count > 0
            {
                sender.send(bytes[..count].to_vec()).unwrap();
            }
        }
    });
    (address, asked)
}

#[test]
fn a_server_that_cannot_prove_who_it_is_is_told_nothing() {
    let (address, asked) = impostor();
    let map = Map::new(&provider_at(&format!("https://{address}"), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing == view().len());
    let status = map.fetcher.status();
    assert_eq!(status.words().unwrap(), "6 tiles missing: the server’s certificate is not valid");
    assert!(status.advice().unwrap().contains("clock"));
    assert!(asked.try_recv().is_err(), "not even what is looked at");
}

#[test]
fn a_server_that_does_not_speak_https_is_told_from_an_impostor() {
    let server = Server::start(Manner::Bytes(Arc::new(answer("200 OK", &[], b"hello"))));
    let map = Map::new(&provider_at(&format!("https://{}", server.address()), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing == view().len());
    assert_eq!(map.fetcher.status().words().unwrap(), "6 tiles missing: the connection broke");
}
