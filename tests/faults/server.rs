//! A tile server on this machine that fails in every way that servers do.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// What was asked for.
    pub(crate) path: String,
    /// The lines behind it.
    pub(crate) headers: Vec<String>,
    /// When it came.
    pub(crate) at: Instant,
}

impl Request {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// What makes an answer of a request.
pub(crate) type Answerer = Arc<dyn Fn(&Request) -> Vec<u8> + Send + Sync>;

/// How a server answers.
#[derive(Clone)]
pub(crate) enum Manner {
    /// With these bytes, then it closes the connection.
    Bytes(Arc<Vec<u8>>),
    /// With what comes of the request.
    With(Answerer),
    /// With the first bytes at once and so many of the others ten times a second.
    Drip(Arc<Vec<u8>>, Arc<Vec<u8>>, usize),
    /// With the first bytes, then the second for ever.
    Endless(Arc<Vec<u8>>, Arc<Vec<u8>>),
    /// It listens and says nothing.
    Silence,
    /// It breaks the connection before it has read the request.
    Reset,
}

/// An answer with these lines in its head.
pub(crate) fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend(format!("{header}\r\n").bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

struct Shared {
    manner: Mutex<Manner>,
    requests: Mutex<Vec<Request>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    is_closed: AtomicBool,
}

/// The server. It ends with its value.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accept: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// A server on a port of its own.
    pub(crate) fn start(manner: Manner) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), manner)
    }

    /// A server where one was before.
    pub(crate) fn start_at(address: SocketAddr, manner: Manner) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            manner: Mutex::new(manner),
            requests: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            is_closed: AtomicBool::new(false),
        });
        let accept = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    if shared.is_closed.load(Ordering::SeqCst) {
                        break;
                    }
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || {
                        let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
                        shared.most_open.fetch_max(open, Ordering::SeqCst);
                        // The other side may have gone at any time.
                        let _ = serve(&stream, &shared);
                        drop(stream);
                        shared.open.fetch_sub(1, Ordering::SeqCst);
                    });
                }
            })
        };
        Self { address, shared, accept: Some(accept) }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes its manner, for requests from now on.
    pub(crate) fn set(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// The requests that came.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Connections that are open.
    pub(crate) fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }

    /// The most connections that were open at the same time.
    pub(crate) fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_closed.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accept) = self.accept.take() {
            accept.join().unwrap();
        }
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let manner = shared.manner.lock().unwrap().clone();
    if matches!(manner, Manner::Reset) {
        // A connection that is closed with something unread in it is reset.
        stream.peek(&mut [0])?;
        return Ok(());
    }
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let request = Request { path, headers, at: Instant::now() };
    shared.requests.lock().unwrap().push(request.clone());
    let mut out = stream;
    match manner {
        Manner::Bytes(bytes) => out.write_all(&bytes),
        Manner::With(answer) => out.write_all(&answer(&request)),
        Manner::Drip(first, others, count) => {
            out.write_all(&first)?;
            for bytes in others.chunks(count) {
                if shared.is_closed.load(Ordering::SeqCst) {
                    break;
                }
                out.write_all(bytes)?;
                thread::sleep(Duration::from_millis(100));
            }
            Ok(())
        }
        Manner::Endless(first, bytes) => {
            out.write_all(&first)?;
            while !shared.is_closed.load(Ordering::SeqCst) {
                out.write_all(&bytes)?;
            }
            Ok(())
        }
        Manner::Silence => {
            // Until the other side gives up.
            let _ = stream.peek(&mut [0])?;
            Ok(())
        }
        Manner::Reset => Ok(()),
    }
}
