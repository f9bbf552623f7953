//! The command line: raw arguments to a validated [`Request`]. What can be judged from the arguments alone is judged
//! here; ids are checked against the dataset by [`check_ids`] once it is read.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::geo::LonLat;
use crate::io::export::{Target, known_endings};
use crate::io::table::{Mapping, MappingError};
use crate::io::{self, ReadOptions};
use crate::model::Dataset;
use crate::state::view_text::ViewText;

/// What the user asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Open the window.
    Window(WindowRequest),
    /// Check datasets and account for every row.
    Check(CheckRequest),
    /// Write a dataset in another format.
    Convert(Box<ConvertRequest>),
    /// Draw the window into a PNG file.
    Render(RenderRequest),
}

/// Options that every command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Send no request over the network.
    pub offline: bool,
    /// Ignore saved settings.
    pub fresh: bool,
}

/// A colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeChoice {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How incidents are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DrawingChoice {
    /// Markers, and rings where they would overlap.
    Clusters,
    /// A small point each.
    Points,
    /// The more incidents, the stronger the colour.
    Heat,
}

/// What the window shows at the start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewOptions {
    /// Id of the incident to select.
    pub select: Option<String>,
    /// A view that was handed on, to begin with.
    pub view: Option<ViewText>,
    /// Ids of the event types to show; all where none is given.
    pub event_types: Vec<String>,
    /// Where the map stands: its centre and its zoom as walkers counts it (0 to 20). `None` fits the incidents.
    pub center: Option<(LonLat, f64)>,
    /// The theme; `None` leaves it to the settings and the system.
    pub theme: Option<ThemeChoice>,
    /// How incidents are drawn; `None` leaves it to the settings.
    pub drawing: Option<DrawingChoice>,
    /// A file of tiles to lie under the markers; `None` leaves it to the settings.
    pub basemap: Option<PathBuf>,
}

impl ViewOptions {
    /// Whether they name anything of the dataset, rather than leave all to what is remembered of it.
    #[must_use]
    pub fn says_what_to_show(&self) -> bool {
        self.view.is_some() || self.select.is_some() || !self.event_types.is_empty() || self.center.is_some()
    }
}

/// A window to open.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowRequest {
    /// The datasets, each a layer; none is the bundled one.
    pub files: Vec<PathBuf>,
    /// How they are to be read.
    pub read: ReadOptions,
    /// What to show.
    pub view: ViewOptions,
    /// Options of every command.
    pub shared: Shared,
}

/// A picture to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    /// The dataset; `None` is the bundled one.
    pub file: Option<PathBuf>,
    /// The PNG file to write, or the report if it ends in .html.
    pub output: PathBuf,
    /// Whether the map is drawn alone, above a legend, and not the window.
    pub only_map: bool,
    /// Width and height in output pixels, each 16 to 16384, together at most [`MAX_PIXELS`].
    pub size_px: [u32; 2],
    /// Output pixels per point, 0.5 to 4.
    pub scale: f32,
    /// How it is to be read.
    pub read: ReadOptions,
    /// What to show.
    pub view: ViewOptions,
    /// Options of every command.
    pub shared: Shared,
}

/// Files to check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckRequest {
    /// The files, in the order of the command line; at least one.
    pub files: Vec<PathBuf>,
    /// How they are to be read.
    pub read: ReadOptions,
    /// How many rows that are not on the map are shown of each file.
    pub show: usize,
}

/// A file to be written in another format.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvertRequest {
    /// The file to read.
    pub input: PathBuf,
    /// The file to write; `None` is the standard output.
    pub output: Option<PathBuf>,
    /// The format to write.
    pub target: Target,
    /// How it is to be read.
    pub read: ReadOptions,
    /// What of it is written: what a window would show.
    pub view: ViewOptions,
    /// How many rows that are not on the map are told.
    pub show: usize,
}

/// The most pixels of a picture: 512 MiB of RGBA.
pub const MAX_PIXELS: u64 = 1 << 27;

/// The shortest and the longest side of a picture.
const SIDE_PX: std::ops::RangeInclusive<u32> = 16..=16384;

const BASEMAP_HELP: &str =
    "A map of your own: a PMTiles or MBTiles file, raster or vector (Protomaps or OpenMapTiles schema)";

const EXAMPLES: &str = "\
Examples:
  dateline                              open the bundled dataset
  dateline incidents.ron --select kyiv  open a file with an incident selected
  dateline raids.csv fires.geojson      open several files, each as a layer
  dateline check *.csv                  account for every row of these files
  dateline convert raids.csv raids.geojson
  dateline render incidents.ron --output map.png --size 1920x1080 --theme dark
  dateline render --output map.png --center -33.9,151.2 --zoom 9
  dateline incidents.ron --basemap city.pmtiles
  dateline ./check                      open a file that is named like a command

Exit status: 0 done, 1 a problem in the data or the machine, 2 wrong usage.";

const RENDER_EXAMPLES: &str = "\
Examples:
  dateline render --output map.png
  dateline render incidents.ron --output map.png --size 2880x1800 --scale 2
  dateline render --output raid.png --select tetkino --event-type armed_clash --event-type ground_incursion
  dateline render --output sydney.png --center -33.9,151.2 --zoom 9
  dateline render incidents.ron --output report.html";

const CHECK_EXAMPLES: &str = "\
Examples:
  dateline check incidents.ron
  dateline check *.ron && echo all good
  dateline check table.csv --map lat=Y,lon=X,title=Name
  dateline check raids.xlsx --sheet 2024 --show 1000

For each file, the standard output has what is in it, what was decided for all of it, the first rows
that are not on the map, and as the last line: rows R: mapped M, listed L, rejected X (R = M + L + X).
A listed row is understood but has no place on the map, a rejected one is not understood. A file that
cannot be read at all has its problems on stderr and no rows: none of it is taken in.

Exit status: 0 every row was understood, 1 a row was rejected or a file cannot be read, 2 wrong usage.";

const CONVERT_EXAMPLES: &str = "\
Examples:
  dateline convert raids.csv raids.ron
  dateline convert raids.ron raids.csv.gz --event-type drone_strike
  dateline convert table.csv - --to ron --map lat=Y,lon=X,title=Name
  dateline convert raids.csv some.ron --view 'dateline:1 ...'

The ending of OUT is the format: see --to. The account of IN, and what OUT could not hold, go to stderr.";

/// Incidents on a map: what happened where, who says so, and how exactly it is known.
///
/// Without a command, opens the window with each FILE as a layer, or with the dataset that comes with the program.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, after_help = EXAMPLES, disable_help_subcommand = true)]
#[command(subcommand_help_heading = "Commands", subcommand_value_name = "COMMAND")]
struct RawCommand {
    #[command(subcommand)]
    command: Option<RawSubcommand>,
    /// The datasets to open, each as a layer of the map
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    read: RawRead,
    #[command(flatten)]
    view: RawView,
    /// Send no request over the network
    #[arg(long, global = true)]
    offline: bool,
    /// Ignore saved settings
    #[arg(long, global = true)]
    fresh: bool,
}

#[derive(Debug, Subcommand)]
enum RawSubcommand {
    /// Check datasets: every row is accounted for
    #[command(after_help = CHECK_EXAMPLES)]
    Check {
        /// The datasets
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        read: RawRead,
        /// Show so many rows that are not on the map
        #[arg(long, value_name = "N", default_value_t = SHOWN_ROWS)]
        show: usize,
    },
    /// Write a dataset, or what a view shows of it, in another format
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert(Box<RawConvert>),
    /// Draw the window or the map into a PNG file, or write an HTML report; needs no display
    #[command(after_help = RENDER_EXAMPLES)]
    Render(Box<RawRender>),
}

#[derive(Debug, Args)]
struct RawRender {
    /// The dataset; without one, that which comes with the program
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The PNG file to write; one that ends in .html is a report: the map, and all that it shows in full
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Draw the map alone, above a legend, and not the window
    #[arg(long)]
    only_map: bool,
    /// Width and height in pixels, 16 to 16384 each
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1440x900", value_parser = parse_size)]
    size: [u32; 2],
    /// Pixels per point, 0.5 to 4: 2 draws everything twice as large and as sharp
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = parse_scale, allow_hyphen_values = true)]
    scale: f32,
    #[command(flatten)]
    read: RawRead,
    #[command(flatten)]
    view: RawView,
}

#[derive(Debug, Args)]
struct RawConvert {
    /// The dataset to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write; one that is there is replaced; - is the standard output and needs --to
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The format to write, by its ending, if OUT does not say it
    #[arg(long, value_name = "ENDING", value_parser = parse_target)]
    to: Option<Target>,
    #[command(flatten)]
    read: RawRead,
    /// Write only what this view shows, as it was copied in the window
    #[arg(long, value_name = "TEXT", value_parser = ViewText::read)]
    view: Option<ViewText>,
    /// Write only this event type; repeat it for more
    #[arg(long = "event-type", value_name = "ID")]
    event_types: Vec<String>,
    /// Tell of so many rows that are not on the map
    #[arg(long, value_name = "N", default_value_t = SHOWN_ROWS)]
    show: usize,
}

/// Rows that are not on the map, shown of each file.
const SHOWN_ROWS: usize = 20;

#[derive(Debug, Args)]
struct RawRead {
    /// What the columns of a table mean: FIELD=COLUMN, with commas between them, as in lat=Y,lon=X,title=Name
    #[arg(long = "map", value_name = "FIELDS", value_parser = parse_mapping)]
    mapping: Option<Mapping>,
    /// The sheet of a spreadsheet, or the file in an archive; the first one if none is named
    #[arg(long = "sheet", alias = "part", value_name = "NAME")]
    part: Option<String>,
}

impl From<RawRead> for ReadOptions {
    fn from(raw: RawRead) -> Self {
        Self { mapping: raw.mapping, part: raw.part, marks: false }
    }
}

#[derive(Debug, Args)]
struct RawView {
    /// Select the incident with this id
    #[arg(long, value_name = "ID")]
    select: Option<String>,
    /// Restore a view that was copied in the window; the other options change it
    #[arg(long, value_name = "TEXT", value_parser = ViewText::read)]
    view: Option<ViewText>,
    /// Show only this event type; repeat it for more
    #[arg(long = "event-type", value_name = "ID")]
    event_types: Vec<String>,
    /// Centre of the map in degrees, south and west negative; needs --zoom
    #[arg(long, value_name = "LAT,LON", requires = "zoom", value_parser = parse_center, allow_hyphen_values = true)]
    center: Option<LonLat>,
    /// Zoom of the map, 0 (the world) to 20 (a house); needs --center
    #[arg(long, value_name = "Z", requires = "center", value_parser = parse_zoom, allow_hyphen_values = true)]
    zoom: Option<f64>,
    /// Colour theme
    #[arg(long, value_name = "THEME")]
    theme: Option<ThemeChoice>,
    /// How incidents are drawn
    #[arg(long, value_name = "HOW")]
    drawing: Option<DrawingChoice>,
    // The help would show the backticks that documentation wants around these names.
    #[arg(long, value_name = "FILE", help = BASEMAP_HELP)]
    basemap: Option<PathBuf>,
}

impl From<RawView> for ViewOptions {
    fn from(raw: RawView) -> Self {
        Self {
            select: raw.select,
            view: raw.view,
            event_types: raw.event_types,
            center: raw.center.zip(raw.zoom),
            theme: raw.theme,
            drawing: raw.drawing,
            basemap: raw.basemap,
        }
    }
}

/// Parses and validates a command line, the program's name first. The error carries help and version texts, too: its
/// `exit_code` and `print` do what is right for each.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, clap::Error> {
    let mut command = RawCommand::command();
    let mut matches = command.try_get_matches_from_mut(args)?;
    // Options of the window in front of a command would silently mean nothing.
    if let Some(name) = matches.subcommand_name() {
        for id in [
            "files",
            "mapping",
            "part",
            "view",
            "select",
            "event_types",
            "center",
            "zoom",
            "theme",
            "drawing",
            "basemap",
        ] {
            if matches.value_source(id).is_some() {
                let words =
                    format!("what belongs to '{name}' stands behind it: dateline {name} [OPTIONS] [FILE]");
                return Err(command.error(ErrorKind::ArgumentConflict, words));
            }
        }
    }
    let raw = RawCommand::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    let shared = Shared { offline: raw.offline, fresh: raw.fresh };
    match raw.command {
        None => {
            let (read, view) = (raw.read.into(), raw.view.into());
            Ok(Request::Window(WindowRequest { files: raw.files, read, view, shared }))
        }
        Some(RawSubcommand::Check { files, read, show }) => {
            Ok(Request::Check(CheckRequest { files, read: read.into(), show }))
        }
        Some(RawSubcommand::Convert(raw)) => conversion(*raw)
            .map(|request| Request::Convert(Box::new(request)))
            .map_err(|words| command.error(ErrorKind::ValueValidation, words)),
        Some(RawSubcommand::Render(raw)) => Ok(Request::Render(RenderRequest {
            file: raw.file,
            output: raw.output,
            only_map: raw.only_map,
            size_px: raw.size,
            scale: raw.scale,
            read: raw.read.into(),
            view: raw.view.into(),
            shared,
        })),
    }
}

fn conversion(raw: RawConvert) -> Result<ConvertRequest, String> {
    let is_stdout = raw.output.as_os_str() == "-";
    let target = match raw.to {
        Some(target) => target,
        None if is_stdout => return Err(format!("say which format with --to: {}", known_endings())),
        None => Target::of_path(&raw.output).map_err(|error| error.to_string())?,
    };
    Ok(ConvertRequest {
        input: raw.input,
        output: (!is_stdout).then_some(raw.output),
        target,
        read: raw.read.into(),
        view: ViewOptions { view: raw.view, event_types: raw.event_types, ..ViewOptions::default() },
        show: raw.show,
    })
}

fn parse_mapping(text: &str) -> Result<Mapping, String> {
    let mapping: Mapping = text.parse().map_err(|error: MappingError| error.to_string())?;
    if mapping.has_position() {
        return Ok(mapping);
    }
    Err("it says nowhere where the incidents are; name lat and lon, latlon or wkt".to_owned())
}

fn parse_target(text: &str) -> Result<Target, String> {
    Target::of_ending(text).ok_or_else(|| format!("give one of {}", known_endings()))
}

fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let (width, height) =
        text.split_once(['x', 'X', '×']).ok_or("write width and height in pixels, as in 1440x900")?;
    let side = |text: &str| {
        let px = text.parse().map_err(|_| "write width and height in pixels, as in 1440x900".to_owned())?;
        if SIDE_PX.contains(&px) {
            Ok(px)
        } else {
            Err(format!("each side has {} to {} pixels", SIDE_PX.start(), SIDE_PX.end()))
        }
    };
    let (width_px, height_px) = (side(width)?, side(height)?);
    if u64::from(width_px) * u64::from(height_px) > MAX_PIXELS {
        return Err(format!("that is more than {} megapixels; make it smaller", MAX_PIXELS / 1_000_000));
    }
    Ok([width_px, height_px])
}

fn parse_scale(text: &str) -> Result<f32, String> {
    let scale = text.parse::<f32>().ok().filter(|scale| (0.5..=4.0).contains(scale));
    scale.ok_or_else(|| "write a number from 0.5 to 4".to_owned())
}

fn parse_zoom(text: &str) -> Result<f64, String> {
    let zoom = text.parse::<f64>().ok().filter(|zoom| (0.0..=20.0).contains(zoom));
    zoom.ok_or_else(|| "write a number from 0 to 20".to_owned())
}

fn parse_center(text: &str) -> Result<LonLat, String> {
    let words = || "write latitude and longitude in degrees, as in 51.5,-0.1".to_owned();
    let (lat, lon) = text.split_once(',').ok_or_else(words)?;
    let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| words());
    let center = LonLat::new(degrees(lon)?, degrees(lat)?);
    if center.is_valid() {
        return Ok(center);
    }
    Err("the latitude comes first and goes from -90 to 90, the longitude from -180 to 180".to_owned())
}

/// An id on the command line that the dataset does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{option} {id}: the dataset has no such {kind}; {advice}", id = io::escape(id), advice = io::escape(advice))]
pub struct UnknownId {
    option: &'static str,
    kind: &'static str,
    id: String,
    advice: String,
}

/// Checks the ids of `--select` and `--event-type` against the dataset that was read.
pub fn check_ids(view: &ViewOptions, dataset: &Dataset) -> Result<(), UnknownId> {
    let event_types = || dataset.event_types.iter().map(|event_type| event_type.id.as_str());
    if let Some(id) = &view.select
        && dataset.incident_index(id).is_none()
    {
        let mut ids = Vec::new();
        // Those that cannot be read back are not offered.
        let _ = dataset.incidents.each(|_, incident| {
            ids.push(incident.id.clone());
            true
        });
        return Err(UnknownId::new("--select", "incident", id, || ids.iter().map(String::as_str)));
    }
    match view.event_types.iter().find(|id| dataset.event_type_index(id).is_none()) {
        Some(id) => Err(UnknownId::new("--event-type", "event type", id, event_types)),
        None => Ok(()),
    }
}

impl UnknownId {
    fn new<'n, I: Iterator<Item = &'n str>>(
        option: &'static str,
        kind: &'static str,
        id: &str,
        known: impl Fn() -> I,
    ) -> Self {
        /// Ids that a message lists.
        const LISTED: usize = 12;
        let near = io::nearest(id, known()).map_or(String::new(), |near| format!("did you mean {near}? "));
        let mut list = known().take(LISTED).collect::<Vec<_>>().join(", ");
        let more = known().count().saturating_sub(LISTED);
        if more > 0 {
            list = format!("{list} and {more} more");
        }
        let advice =
            if list.is_empty() { "it has none at all".to_owned() } else { format!("{near}known: {list}") };
        Self { option, kind, id: id.to_owned(), advice }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, clap::Error> {
        parse(std::iter::once("dateline").chain(line.split_whitespace()).map(OsString::from))
    }

    fn window(line: &str) -> WindowRequest {
        match parsed(line) {
            Ok(Request::Window(request)) => request,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn render(line: &str) -> RenderRequest {
        match parsed(line) {
            Ok(Request::Render(request)) => request,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn clap_finds_no_fault_with_the_definition() {
        RawCommand::command().debug_assert();
    }

    #[test]
    fn no_arguments_open_the_bundled_dataset() {
        let shared = Shared { offline: false, fresh: false };
        assert_eq!(
            window(""),
            WindowRequest {
                files: Vec::new(),
                read: ReadOptions::default(),
                view: ViewOptions::default(),
                shared
            }
        );
    }

    #[test]
    fn a_file_named_like_a_command_opens_by_its_path() {
        assert_eq!(window("./check").files, [PathBuf::from("./check")]);
        assert_eq!(window("a.csv b.geojson --theme dark c.kml").files.len(), 3);
    }

    #[test]
    fn global_options_work_before_and_after_a_command() {
        for line in [
            "--offline --fresh render -o a.png",
            "render -o a.png --offline --fresh",
            "--fresh render -o a.png --offline",
        ] {
            assert_eq!(render(line).shared, Shared { offline: true, fresh: true }, "{line}");
        }
        assert_eq!(parsed("--offline check a.ron").unwrap(), parsed("check a.ron --fresh").unwrap());
    }

    #[test]
    fn coordinates_may_be_negative_with_and_without_an_equals_sign() {
        let center = Some((LonLat::new(151.2, -33.9), 9.0));
        for line in [
            "--center -33.9,151.2 --zoom 9",
            "--center=-33.9,151.2 --zoom=9",
            "--zoom 9 --center -33.9,151.2 a.ron",
        ] {
            assert_eq!(window(line).view.center, center, "{line}");
            assert_eq!(render(&format!("render --output a.png {line}")).view.center, center, "{line}");
        }
        assert_eq!(
            window("--center -33.9,-151.2 --zoom 0").view.center,
            Some((LonLat::new(-151.2, -33.9), 0.0))
        );
    }

    #[test]
    fn a_picture_has_a_size_a_scale_and_a_view() {
        let request = render(
            "render a.ron --output b.png --size 640x480 --scale 2 --theme dark --select x --event-type y --event-type z --drawing heat --basemap c.pmtiles",
        );
        assert_eq!((request.size_px, request.scale), ([640, 480], 2.0));
        let view = ViewOptions {
            select: Some("x".into()),
            view: None,
            event_types: vec!["y".into(), "z".into()],
            center: None,
            theme: Some(ThemeChoice::Dark),
            drawing: Some(DrawingChoice::Heat),
            basemap: Some("c.pmtiles".into()),
        };
        assert_eq!((request.file, request.view), (Some("a.ron".into()), view));
        let plain = render("render --output b.png");
        assert_eq!((plain.size_px, plain.scale, plain.file), ([1440, 900], 1.0, None));
    }

    #[test]
    fn a_view_that_was_handed_on_is_one_argument() {
        let args = ["dateline", "--view", "dateline:1 map=51.53,34.05,8.5 draw=heat"].map(OsString::from);
        let Ok(Request::Window(request)) = parse(args) else { panic!("no window") };
        assert!(request.view.view.is_some() && request.view.says_what_to_show());
    }

    #[test]
    fn wrong_usage_is_refused_with_status_2() {
        for line in [
            "--nonsense",
            "check",
            "render",
            "render --output a.png --size 1440",
            "render --output a.png --size 1440x",
            "render --output a.png --size 15x900",
            "render --output a.png --size 16385x900",
            "render --output a.png --size 16384x16384",
            "render --output a.png --size 1440x900x2",
            "render --output a.png --size -5x900",
            "render --output a.png --scale 0.4",
            "render --output a.png --scale 4.1",
            "render --output a.png --scale NaN",
            "render --output a.png --scale -1",
            "render --output a.png --theme blue",
            "--center 51.5,-0.1",
            "--zoom 5",
            "--zoom -1 --center 1,1",
            "--zoom 20.1 --center 1,1",
            "--zoom NaN --center 1,1",
            "--center 91,0 --zoom 5",
            "--center 0,181 --zoom 5",
            "--center inf,0 --zoom 5",
            "--center 51.5 --zoom 5",
            "--center a,b --zoom 5",
            "render a.ron b.ron -o a.png",
            "--view dateline:2",
            "--view map=51,34,8",
            "--select x check a.ron",
            "--view dateline:1 check a.ron",
            "--theme dark render --output a.png",
            "a.ron render --output a.png",
        ] {
            match parsed(line) {
                Err(error) => assert_eq!(error.exit_code(), 2, "{line}"),
                Ok(request) => panic!("{line}: {request:?}"),
            }
        }
    }

    #[test]
    fn help_and_version_are_no_mistakes() {
        for line in ["--help", "-h", "--version", "check --help", "render --help"] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 0, "{line}");
        }
    }

    #[test]
    fn an_unknown_id_is_answered_with_the_known_ones() {
        let dataset = io::bundled().unwrap();
        let view = |line: &str| window(line).view;
        assert_eq!(check_ids(&view("--select kursk --event-type armed_clash"), &dataset), Ok(()));
        let error = check_ids(&view("--select kursl"), &dataset).unwrap_err().to_string();
        assert_eq!(
            error,
            "--select kursl: the dataset has no such incident; did you mean kursk? known: tetkino, belgorod, kursk, \
             nizhny-novgorod, oryol, ivanovo"
        );
        let error = check_ids(&view("--event-type armed_clash --event-type flood"), &dataset)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(
                "--event-type flood: the dataset has no such event type; known: ground_incursion, "
            ),
            "{error}"
        );
    }
}
