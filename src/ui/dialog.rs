//! Asks for a file with the desktop's own dialog, on a thread of its own.
//!
//! On Linux the dialog comes from the desktop's portal. rfd would wait long for a portal that does not answer, and then
//! run zenity: so the portal is asked first whether it is there. Where it is not, [`Answer::Unavailable`] comes at once or
//! after [`PATIENCE`], and the window asks for a path itself.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::basemaps::MAP_EXTENSIONS;
use crate::io::{FORMATS, known_extensions};
use crate::jobs::Wake;
use crate::t;

/// How long the desktop may take to say whether it has a dialog.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Nobody closes a dialog so soon: it never came up.
const NOBODY_IS_SO_QUICK: Duration = Duration::from_millis(150);

/// What has come of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A file was chosen.
    Picked(PathBuf),
    /// The reader closed the dialog.
    Dismissed,
    /// The desktop has no dialog.
    Unavailable,
}

/// A dialog that was asked for.
#[derive(Debug)]
pub struct Dialog {
    messages: Receiver<Message>,
    asked: Instant,
    /// The desktop has a dialog: from now on it is up to the reader how long it takes.
    is_there: bool,
}

#[derive(Debug)]
enum Message {
    IsThere,
    Answer(Answer),
}

impl Dialog {
    /// Asks for a file. `dialog` knows its parent window; `wake` is called when [`Dialog::poll`] has something new.
    #[must_use]
    pub fn ask(dialog: rfd::FileDialog, wake: Wake) -> Self {
        Self::begin(dialog, wake, pick)
    }

    /// Asks for a file to be written: one that is there is only answered if it may be replaced.
    #[must_use]
    pub fn ask_where_to(dialog: rfd::FileDialog, wake: Wake) -> Self {
        Self::begin(dialog, wake, |dialog| dialog.set_title(t!("dialog-export")).save_file())
    }

    fn begin(
        dialog: rfd::FileDialog,
        wake: Wake,
        pick: impl FnOnce(rfd::FileDialog) -> Option<PathBuf> + Send + 'static,
    ) -> Self {
        let (sender, messages) = channel();
        let spawned = std::thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            run(dialog, &sender, pick);
            wake();
        });
        if let Err(error) = spawned {
            // The sender is gone with the thread: `poll` finds that out.
            log::warn!("no thread for the file dialog: {error}");
        }
        Self { messages, asked: Instant::now(), is_there: false }
    }

    /// Whether the desktop has not yet said that it has a dialog: [`PATIENCE`] runs, and somebody must look when it ends.
    #[must_use]
    pub fn tries_patience(&self) -> bool {
        !self.is_there
    }

    /// The answer, once there is one.
    pub fn poll(&mut self) -> Option<Answer> {
        loop {
            match self.messages.try_recv() {
                Ok(Message::IsThere) => self.is_there = true,
                Ok(Message::Answer(answer)) => return Some(answer),
                Err(TryRecvError::Disconnected) => return Some(Answer::Unavailable),
                Err(TryRecvError::Empty) => break,
            }
        }
        (!self.is_there && self.asked.elapsed() >= PATIENCE).then_some(Answer::Unavailable)
    }
}

fn run(
    dialog: rfd::FileDialog,
    sender: &Sender<Message>,
    pick: impl FnOnce(rfd::FileDialog) -> Option<PathBuf>,
) {
    // Where nobody listens any more, the window has lost its patience and asks for a path: no second dialog.
    if !desktop_has_dialog() || sender.send(Message::IsThere).is_err() {
        let _ = sender.send(Message::Answer(Answer::Unavailable));
        return;
    }
    let shown = Instant::now();
    let answer = match pick(dialog) {
        Some(file) => Answer::Picked(file),
        None if shown.elapsed() < NOBODY_IS_SO_QUICK => Answer::Unavailable,
        None => Answer::Dismissed,
    };
    let _ = sender.send(Message::Answer(answer));
}

/// Lets the reader pick a file to be opened.
fn pick(dialog: rfd::FileDialog) -> Option<PathBuf> {
    let all: Vec<&str> = known_extensions().chain(MAP_EXTENSIONS).collect();
    let mut dialog = dialog.set_title(t!("dialog-title")).add_filter(t!("dialog-all-formats"), &all);
    for format in FORMATS {
        dialog = dialog.add_filter(t!("dialog-format", format = format.name), format.extensions);
    }
    dialog = dialog.add_filter(t!("dialog-maps"), &MAP_EXTENSIONS);
    dialog.add_filter(t!("dialog-all-files"), &["*"]).pick_file()
}

/// Whether the session's bus leads to a portal with a file dialog. Starts the portal if need be.
#[cfg(all(unix, not(target_os = "macos")))]
fn desktop_has_dialog() -> bool {
    let version = async {
        let bus = zbus::Connection::session().await?;
        bus.call_method(
            Some("org.freedesktop.portal.Desktop"),
            "/org/freedesktop/portal/desktop",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.freedesktop.portal.FileChooser", "version"),
        )
        .await
    };
    match pollster::block_on(version) {
        Ok(_) => true,
        Err(error) => {
            log::info!("the desktop has no file dialog: {error}");
            false
        }
    }
}

/// Windows and macOS always have one.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn desktop_has_dialog() -> bool {
    true
}

#[cfg(test)]
impl Dialog {
    /// A dialog that is there and says nothing more.
    pub(super) fn silent() -> (impl Sized, Self) {
        let (sender, messages) = channel::<Message>();
        (sender, Self { messages, asked: Instant::now(), is_there: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog() -> (Sender<Message>, Dialog) {
        let (sender, messages) = channel();
        (sender, Dialog { messages, asked: Instant::now(), is_there: false })
    }

    #[test]
    fn a_desktop_that_never_answers_is_given_up() {
        let (_sender, mut dialog) = dialog();
        assert_eq!(dialog.poll(), None);
        dialog.asked = Instant::now().checked_sub(PATIENCE).unwrap();
        assert_eq!(dialog.poll(), Some(Answer::Unavailable));
    }

    #[test]
    fn a_dialog_that_is_there_may_take_its_time() {
        let (sender, mut dialog) = dialog();
        sender.send(Message::IsThere).unwrap();
        dialog.asked = Instant::now().checked_sub(2 * PATIENCE).unwrap();
        assert!(dialog.tries_patience());
        assert_eq!(dialog.poll(), None);
        assert!(!dialog.tries_patience(), "from now on nobody needs to look");
        sender.send(Message::Answer(Answer::Dismissed)).unwrap();
        assert_eq!(dialog.poll(), Some(Answer::Dismissed));
    }

    #[test]
    fn a_thread_that_ends_without_a_word_is_no_dialog() {
        let (sender, mut dialog) = dialog();
        drop(sender);
        assert_eq!(dialog.poll(), Some(Answer::Unavailable));
    }
}
