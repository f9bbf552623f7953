//! The thread behind a fetcher: takes what is in view, looks on disk, asks the server, and tells what has become of it.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use serde::Deserialize;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::{AbortHandle, spawn_blocking};
use url::Url;

use super::content;
use super::disk::Disk;
use super::fetcher::Shared;
use super::freshness::Freshness;
use super::memory::Memory;
use super::plan::{Item, Moved, Plan};
use super::provider::{MAX_CUSTOM_ZOOM, Provider, Source};
use super::request::{Answer, Asker, Failure};
use super::status::Reason;
use super::template::{UrlTemplate, parse_url};
use super::tile::{TileData, TileId};
use crate::limits::{MAX_TILE_BYTES, MAX_TILE_JSON_BYTES};

/// Answers that are decoded at the same time.
const DECODERS: usize = 2;
/// Threads for what waits: decoders, the disk, and names that are looked up, which takes long where there is no network.
const MAX_THREADS: usize = 10;

/// What happens.
#[derive(Debug)]
pub(super) enum Event {
    /// Other tiles are in view.
    Moved,
    /// Everything that is missing is to be asked for again.
    Retry,
    /// The window cannot use this tile.
    Refused(TileId),
    /// The map is no longer shown.
    Closed,
    /// This was found on disk, or nothing was.
    Looked(u64, Item, Option<Found>),
    /// The server answered, or did not.
    Answered(u64, Item, Result<Fetched, Failure>),
}

/// What was on disk.
#[derive(Debug)]
pub(super) struct Found {
    meaning: Meaning,
    freshness: Freshness,
}

/// What came from a server.
#[derive(Debug)]
pub(super) enum Fetched {
    /// This; `None` where it must not be kept.
    New(Meaning, Option<Freshness>),
    /// What we have is still good.
    Unchanged(Option<Freshness>),
}

/// What an answer means.
#[derive(Debug)]
pub(super) enum Meaning {
    Tile(TileData),
    Description(Description),
}

/// What describes a map, as far as it matters here.
#[derive(Debug)]
pub(super) struct Description {
    template: UrlTemplate,
    max_zoom: u8,
}

/// What tasks need.
struct Tools {
    provider: Provider,
    asker: Asker,
    disk: Option<Disk>,
    decoders: Semaphore,
}

/// What the thread runs on.
pub(super) fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(MAX_THREADS)
        .thread_name("map tiles")
        .build()
}

/// Runs until the map is closed.
pub(super) fn run(
    runtime: Runtime,
    provider: Provider,
    cache: Option<PathBuf>,
    shared: Arc<Shared>,
    events: UnboundedReceiver<Event>,
    sender: UnboundedSender<Event>,
) {
    let is_secret = match &provider.source {
        Source::Template(template) => template.text().starts_with("https:"),
        Source::TileJson(url) => url.scheme() == "https",
    };
    let asker = Asker::new(provider.hosts(), is_secret, provider.parallel);
    let disk = cache.and_then(|folder| open(&folder));
    let tools = Arc::new(Tools { provider, asker, disk, decoders: Semaphore::new(DECODERS) });
    runtime.block_on(Engine::new(tools, shared, sender).run(events));
    // Whoever still looks up a name is not waited for.
    runtime.shutdown_background();
}

fn open(folder: &Path) -> Option<Disk> {
    Disk::open(folder)
        .inspect_err(|error| log::warn!("map tiles cannot be kept in {}: {error}", folder.display()))
        .ok()
}

struct Engine {
    tools: Arc<Tools>,
    shared: Arc<Shared>,
    sender: UnboundedSender<Event>,
    plan: Plan,
    memory: Memory,
    template: Option<UrlTemplate>,
    max_zoom: u8,
    /// In view, as far as the map has it.
    wanted: Vec<TileId>,
    tasks: HashMap<Item, (u64, AbortHandle)>,
    started: u64,
}

impl Engine {
    fn new(tools: Arc<Tools>, shared: Arc<Shared>, sender: UnboundedSender<Event>) -> Self {
        let template = match &tools.provider.source {
            Source::Template(template) => Some(template.clone()),
            Source::TileJson(_) => None,
        };
        Self {
            plan: Plan::new(tools.provider.parallel, Instant::now()),
            max_zoom: tools.provider.max_zoom,
            tools,
            shared,
            sender,
            memory: Memory::default(),
            template,
            wanted: Vec::new(),
            tasks: HashMap::new(),
            started: 0,
        }
    }

    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        loop {
            while let Some(item) = self.plan.next(Instant::now()) {
                self.ask(item);
            }
            self.publish();
            let event = match self.plan.wake_at() {
                Some(at) => tokio::time::timeout_at(at.into(), events.recv()).await.ok(),
                None => Some(events.recv().await),
            };
            match event {
                Some(Some(Event::Closed) | None) => break,
                Some(Some(event)) => self.take(event),
                None => {}
            }
        }
        self.tasks.into_values().for_each(|(_, task)| task.abort());
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Moved => self.look_around(),
            Event::Retry => self.plan.retry(Instant::now()),
            Event::Refused(id) => self.refuse(id),
            Event::Looked(number, item, found) if self.is_current(number, item) => self.looked(item, found),
            Event::Answered(number, item, answer) if self.is_current(number, item) => {
                self.answered(item, answer);
            }
            // From a task that nobody waits for.
            Event::Looked(..) | Event::Answered(..) | Event::Closed => {}
        }
    }

    fn is_current(&mut self, number: u64, item: Item) -> bool {
        let is_current = self.tasks.get(&item).is_some_and(|(current, _)| *current == number);
        if is_current {
            self.tasks.remove(&item);
        }
        is_current
    }

    /// Other tiles are in view, or it has become known where they are.
    fn look_around(&mut self) {
        let max_zoom = self.max_zoom;
        self.wanted = self.shared.wanted();
        self.wanted.retain(|id| TileId::new(id.zoom, id.x, id.y).is_some() && id.zoom <= max_zoom);
        let items: Vec<Item> = match self.template {
            Some(_) => self.wanted.iter().copied().map(Item::Tile).collect(),
            None if self.wanted.is_empty() => Vec::new(),
            None => vec![Item::Description],
        };
        let Moved { new, gone } = self.plan.want(&items, Instant::now());
        for item in gone {
            if let Some((_, task)) = self.tasks.remove(&item) {
                task.abort();
            }
        }
        self.memory.make_room(&self.wanted);
        for item in new {
            self.look(item);
        }
    }

    /// Looks for an item in memory and on disk.
    fn look(&mut self, item: Item) {
        if let Item::Tile(id) = item
            && self.memory.contains(id)
        {
            let is_fresh = self.memory.is_fresh(id, SystemTime::now());
            return self.plan.looked(item, is_fresh, Instant::now());
        }
        let Some(url) = self.url(item).filter(|_| self.tools.disk.is_some()) else {
            return self.plan.looked(item, false, Instant::now());
        };
        let (tools, sender) = (Arc::clone(&self.tools), self.sender.clone());
        self.start(item, move |number| async move {
            let permit = tools.decoders.acquire().await;
            let work = {
                let tools = Arc::clone(&tools);
                spawn_blocking(move || tools.find(item, &url))
            };
            // A decoder that panicked found nothing.
            let found = work.await.unwrap_or_default();
            drop(permit);
            // Once nobody listens the thread ends anyway.
            let _ = sender.send(Event::Looked(number, item, found));
        });
    }

    fn looked(&mut self, item: Item, found: Option<Found>) {
        let is_fresh = found.as_ref().is_some_and(|found| found.freshness.is_fresh(SystemTime::now()));
        self.plan.looked(item, is_fresh, Instant::now());
        if let Some(Found { meaning, freshness }) = found {
            match (item, meaning) {
                (Item::Tile(id), Meaning::Tile(data)) => {
                    self.memory.put(id, Arc::new(data), Some(freshness), is_fresh);
                }
                (Item::Description, Meaning::Description(description)) if is_fresh => {
                    self.describe(description);
                }
                // A description from an earlier visit may lead to tiles that are gone: a new one comes.
                _ => {}
            }
        }
    }

    /// Asks the server for an item.
    fn ask(&mut self, item: Item) {
        let Some(url) = self.url(item) else {
            return self.plan.failed(item, Reason::NotFound, None, Instant::now());
        };
        let known = match item {
            Item::Tile(id) => self.memory.freshness(id).cloned(),
            Item::Description => None,
        };
        let (tools, sender) = (Arc::clone(&self.tools), self.sender.clone());
        self.start(item, move |number| async move {
            let answer = tools.fetch(item, url, known).await;
            // Once nobody listens the thread ends anyway.
            let _ = sender.send(Event::Answered(number, item, answer));
        });
    }

    fn answered(&mut self, item: Item, answer: Result<Fetched, Failure>) {
        let fetched = match answer {
            Ok(fetched) => fetched,
            Err(Failure { reason, wait }) => return self.plan.failed(item, reason, wait, Instant::now()),
        };
        self.plan.succeeded(item);
        match (item, fetched) {
            (Item::Tile(id), Fetched::New(Meaning::Tile(data), freshness)) => {
                self.memory.put(id, Arc::new(data), freshness, true);
            }
            (Item::Tile(id), Fetched::Unchanged(freshness)) => self.memory.renew(id, freshness),
            (Item::Description, Fetched::New(Meaning::Description(description), _)) => {
                self.describe(description);
            }
            _ => {}
        }
    }

    fn describe(&mut self, description: Description) {
        self.max_zoom = self.max_zoom.min(description.max_zoom);
        self.shared.set_max_zoom(self.max_zoom);
        self.template = Some(description.template);
        self.look_around();
    }

    fn refuse(&mut self, id: TileId) {
        self.memory.remove(id);
        if let Some(url) = self.url(Item::Tile(id))
            && let Some(disk) = &self.tools.disk
        {
            disk.remove(&url);
        }
        self.plan.failed(Item::Tile(id), Reason::Damaged, None, Instant::now());
    }

    fn start<F>(&mut self, item: Item, task: impl FnOnce(u64) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.started += 1;
        let handle = tokio::spawn(task(self.started)).abort_handle();
        if let Some((_, older)) = self.tasks.insert(item, (self.started, handle)) {
            older.abort();
        }
    }

    fn url(&self, item: Item) -> Option<Url> {
        match (item, &self.tools.provider.source) {
            (Item::Tile(id), _) => self.template.as_ref()?.url(id),
            (Item::Description, Source::TileJson(url)) => Some(url.clone()),
            (Item::Description, Source::Template(_)) => None,
        }
    }

    /// Tells the window how everything in view stands.
    fn publish(&mut self) {
        self.shared.publish(&self.plan, &self.memory, self.template.is_some());
    }
}

impl Tools {
    /// What is kept on disk. What cannot be understood is removed there.
    fn find(&self, item: Item, url: &Url) -> Option<Found> {
        let disk = self.disk.as_ref()?;
        let kept = disk.load(url)?;
        let meaning = self.understand(item, &kept.body).ok();
        if meaning.is_none() {
            disk.remove(url);
        }
        Some(Found { meaning: meaning?, freshness: kept.freshness })
    }

    /// Asks the server, decodes what comes and keeps it.
    async fn fetch(
        self: &Arc<Self>,
        item: Item,
        url: Url,
        known: Option<Freshness>,
    ) -> Result<Fetched, Failure> {
        let max_bytes = match item {
            Item::Tile(_) => MAX_TILE_BYTES,
            Item::Description => MAX_TILE_JSON_BYTES,
        };
        let answer = self.asker.ask(url.clone(), known.as_ref(), max_bytes).await?;
        // The semaphore is never closed; without a permit more would be decoded at once, no more than that.
        let permit = self.decoders.acquire().await;
        let tools = Arc::clone(self);
        let work = spawn_blocking(move || tools.digest(item, &url, answer, known.as_ref()));
        // A decoder that panicked has met something that is no tile.
        let fetched = work.await.unwrap_or(Err(Reason::Damaged));
        drop(permit);
        Ok(fetched?)
    }

    fn digest(
        &self,
        item: Item,
        url: &Url,
        answer: Answer,
        known: Option<&Freshness>,
    ) -> Result<Fetched, Reason> {
        let (now, usual) = (SystemTime::now(), self.provider.keep);
        match answer {
            Answer::Content { headers, body } => {
                let meaning = self.understand(item, &body)?;
                let freshness = Freshness::of(&headers, now, usual);
                match (&freshness, &self.disk) {
                    (Some(freshness), Some(disk)) => disk.store(url, freshness, &body),
                    (None, Some(disk)) => disk.remove(url),
                    (_, None) => {}
                }
                Ok(Fetched::New(meaning, freshness))
            }
            Answer::Nothing { headers } => match item {
                Item::Tile(_) => {
                    Ok(Fetched::New(Meaning::Tile(TileData::Nothing), Freshness::of(&headers, now, usual)))
                }
                Item::Description => Err(Reason::Description),
            },
            Answer::Unchanged { headers } => {
                let freshness = known.and_then(|known| known.renewed(&headers, now, usual));
                if let (Some(freshness), Some(disk)) = (&freshness, &self.disk)
                    && let Some(kept) = disk.load(url)
                {
                    disk.store(url, freshness, &kept.body);
                }
                Ok(Fetched::Unchanged(freshness))
            }
        }
    }

    fn understand(&self, item: Item, body: &[u8]) -> Result<Meaning, Reason> {
        match item {
            Item::Tile(_) => {
                // Two pixels for a point is what the sharpest screens show.
                let side_px = 2 * self.provider.tile_size_px;
                content::decode(body, self.provider.content, side_px).map(Meaning::Tile)
            }
            Item::Description => self.describe(body).map(Meaning::Description),
        }
    }

    /// Reads a `TileJSON`. The servers that it names must be those that the reader has agreed to.
    fn describe(&self, body: &[u8]) -> Result<Description, Reason> {
        #[derive(Deserialize)]
        struct TileJson {
            tiles: Vec<String>,
            #[serde(default = "max_zoom")]
            maxzoom: u8,
        }
        fn max_zoom() -> u8 {
            MAX_CUSTOM_ZOOM
        }
        let body = content::unpack(body, MAX_TILE_JSON_BYTES).map_err(|_| Reason::Description)?;
        let read: TileJson = serde_json::from_slice(&body).map_err(|_| Reason::Description)?;
        let text = read.tiles.first().ok_or(Reason::Description)?;
        let template = UrlTemplate::parse(text).map_err(|_| Reason::Description)?;
        if let Some(other) = template.hosts().iter().find(|host| !self.provider.hosts().contains(host)) {
            return Err(Reason::OtherHost(other.clone()));
        }
        let is_secret = matches!(&self.provider.source, Source::TileJson(url) if url.scheme() == "https");
        if is_secret && parse_url(text).is_ok_and(|url| url.scheme() != "https") {
            return Err(Reason::Unsafe);
        }
        Ok(Description { template, max_zoom: read.maxzoom })
    }
}
