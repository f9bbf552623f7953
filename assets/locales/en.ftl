# Every word that a person reads in the window, in English. Syntax: projectfluent.org. One section a file of the code.

app-name = Dateline

## ui/map/chooser.rs

incidents-here = { $count ->
    [one] { $count } incident here
   *[other] { $count } incidents here
}
chooser-close = Close the list
chooser-row = { $title } (here)

## ui/actions.rs

group-file = File
group-incidents = Incidents
group-filter = Filter
group-time = Time
group-map = Map
group-history = History
group-window = Window
action-open = Open a file…
action-export = Export…
action-reload = Read the file again
action-next-incident = Next incident
action-previous-incident = Previous incident
action-later-incident = Next incident in time
action-earlier-incident = Previous incident in time
action-go-to-incident = Go to the incident on the map
action-close = Close what is open
action-copy-incident = Copy the incident as text
action-copy-view = Copy the view as text
action-search = Search everywhere
action-find-text = Filter by text
action-toggle-type = Show or hide an event type
action-only-type = Show only this event type
action-rectangle = Filter by a rectangle on the map
action-reset-filter = Show everything
action-play-pause = Play or pause the window of time
action-step-back = Window of time one step back
action-step-forward = Window of time one step on
action-pan-left = Move the focused map left
action-pan-right = Move the focused map right
action-pan-up = Move the focused map up
action-pan-down = Move the focused map down
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-fit = Fit the map to what is shown
action-next-drawing = Draw as rings, points or heat
action-measure = Measure along clicks
action-spot-menu = Coordinates of the middle of the map
action-maps = Choose a map
action-undo = Undo
action-redo = Redo
action-back = Back to the view before
action-forward = Forward to the view after
action-switch-theme = Switch between light and dark
action-larger-text = Larger text
action-smaller-text = Smaller text
action-usual-text = Usual text size
action-help = Keyboard shortcuts
action-debug-overlay = Figures for developers

## ui/panels/help.rs

help-close = Close the shortcuts
# Stands between two keys that do the same.
help-or = {"  or  "}

## geo.rs

# The sides that a latitude or longitude is on.
side-north = N
side-south = S
side-east = E
side-west = W
# The eight winds, as in "8 km SW of Glushkovo".
wind-n = N
wind-ne = NE
wind-e = E
wind-se = SE
wind-s = S
wind-sw = SW
wind-w = W
wind-nw = NW

## model/incident.rs

# Stands behind the name of a speaker.
stance-asserts = asserts
stance-denies = denies
stance-reports = reports
status-unverified = Unverified
status-unverified-means = Nobody involved has confirmed it and nobody has checked it.
status-claimed = Claimed
status-claimed-means = Only a party to the event says so.
status-contested = Contested
status-contested-means = Parties give accounts that cannot all be true.
status-officials = Stated by officials
status-officials-short = Officials
status-officials-means = The authority responsible for the place or the asset says so; there is no independent check.
status-corroborated = Corroborated
status-corroborated-means = At least two sources that are independent of the parties and of each other agree.

time-unknown = date unknown

## model/place.rs

precision-exact = Exact
precision-settlement = Settlement
precision-district = District only
precision-region = Region only
precision-country = Country only

## model/dataset.rs

source-title = “{ $title }”

## model/difference.rs

difference-none = nothing has changed
difference-added = { $count } added
difference-changed = { $count } changed
difference-only-facts = { $difference } (only positions, times and types were compared: the texts stay in the file)
difference-gone = { $count } gone

## model/joined.rs

layers-title = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
layers-type = { $label } · { $layer }

## model/incidents.rs

text-gone = This cannot be read any more: its file has changed

## model/time.rs

time-week = week of { $day }
time-span = { $start } to { $end }

## query/dates.rs

moment = { $day }, { $time }
span = { $first } – { $last }

## state/command.rs

copied-status = Status: { $status }
copied-claim = - { $speaker } ({ $stance }): { $text }
copied-type = Event type: { $label }
copied-source = Source: { $source }
position-point = { $name } ({ $coordinates })
position-area = { $area } ({ $precision }; marker at { $coordinates })

## state/view_text.rs

view-none = This is no view: one begins with dateline:1
view-version = This view is of a version ({ $version }) that is not known here. Use the newest Dateline, or copy the view anew.
view-long = This view is longer than { $kilobytes } kB and cannot be handed on. Filter by fewer things.
view-part = This view cannot be restored: “{ $part }” means nothing here. Copy it anew, all of it.
view-quoted = “{ $text }”
view-and = {", "}
view-more = { $count } more
view-no-incident = This dataset has no incident { $names }, which the view names.
view-no-types = { $count ->
    [one] This dataset has no event type { $names }, which the view names.
   *[other] This dataset has none of the event types { $names }, which the view names.
}
view-no-values = No incident of this dataset has { $names }, which the view names.
view-no-keys = The view says { $names }, which this version does not know.

## ui/hand_on.rs

view-crashed = The view could not be looked up. Copy it anew, or open the dataset again.

## ui/window.rs

window-title = { $title } — Dateline

## ui/widgets.rs

more-text = Show more ({ $kilobytes } kB left)
more-rows = Show more ({ $count } left)

## ui/panels/top_bar.rs

bar-export = Export
detail-hide = Hide the detail panel
detail-show = Show the detail panel
sidebar-hide = Hide the sidebar
sidebar-show = Show the sidebar
timeline-hide = Hide the timeline
timeline-show = Show the timeline
switch-to-light = Switch to light
switch-to-dark = Switch to dark
filter-field = Filter incidents by words
filter-clear = Clear the text
map-menu = Map: { $choice }
map-menu-ground = Map
map-menu-names = Place names
map-menu-more = More maps…
map-menu-online = This map comes from its server, which sees the area that you look at. Everything else stays on this computer.
map-menu-offline = The map is part of the program. Nothing is requested from any server.
map-embedded = Offline map
map-plain = No map
names-english = English
names-local = Local
names-russian = Russian
names-ukrainian = Ukrainian

## ui/panels/event_types.rs

event-types = Event type
event-types-none = None
event-types-hide-all = Hide all event types
event-types-all = All
event-types-show-all = Show all event types
event-types-missing = This dataset defines no event types.
event-type-name = { $label }, { $count }
event-type-hint = Click to show or hide; with Alt, show only this type

## ui/panels/layers.rs

layers-head = Files
layers-add = Add
layers-add-name = Open another file beside these
layers-color = Colour by
layers-by-type = Event type
layers-by-file = File
layers-row = { $title }, { $count }
layers-close = Close { $title }
menu-add-file = Add a file beside it…

## ui/panels/list.rs

list-news = { $news } · { $particulars }
list-added = New
list-changed = Changed

list-none-in-view = No shown incident is in the map’s view.
list-everywhere = List all, in view or not
list-row = { $title }, { $particulars }
list-empty-dataset = This dataset has no incidents.
list-none-passes = No incident passes all filters.
list-no-type = All event types are hidden.
list-no-match = No shown incident contains “{ $text }”.
list-scroll-bar = Position in the list of incidents
list-show-all = Show all incidents

## ui/panels/list_head.rs

list-head-file = Incidents
list-head-newest = Incidents, newest first
list-head-oldest = Incidents, oldest first
list-head-place = Incidents by place
list-head-type = Incidents by event type
list-head-distance = Incidents, nearest first
list-head-view-file = In view
list-head-view-newest = In view, newest first
list-head-view-oldest = In view, oldest first
list-head-view-place = In view, by place
list-head-view-type = In view, by event type
list-head-view-distance = In view, nearest first
list-menu = Order of the list
list-menu-name = Order of the list: { $order }
list-order-file = As in the file
list-order-newest = Newest first
list-order-oldest = Oldest first
list-order-place = Place, A to Z
list-order-type = Event type
list-order-distance = Nearest to the map’s centre
list-order-distance-hint = Measured from where the map’s centre is when you choose this. Incidents known only to an area have no distance and come last.
list-in-view = In view only
list-in-view-hint = Lists only incidents whose markers are in the map’s view. The map stays as it is.
list-from-here = Sort from here
list-from-here-hint = The map’s centre has moved since the distances were measured.
list-sorting = Sorting…
list-count = { $shown } of { $total }
list-searching = Searching…

## ui/panels/introduction.rs

introduction-as-of = As known on { $date }
introduction-licence = Licence: { $licence }
introduction-empty-head = Nothing to show
introduction-open-head = A file of your own
introduction-open = Open a file…
introduction-or-drop = or drop one on the window.
introduction-waiting = It is still being read. What was found so far is on the map as dots.
introduction-empty = This dataset has no incidents. Open another file.
introduction-first-step = Click a marker or a row of the list to read an incident.
legend-head = How to read the map
legend-area = Known only to the area: the marker stands for all of it
legend-ring = Several incidents, with the share of each type; click to part them
legend-rest = Grey in a ring: all event types from the { $count }th of the list on
legend-statuses = How far it is confirmed
legend-status = { $status }:

## ui/panels/story.rs

story-earlier = Earlier
story-later = Later
story-in-time = in time

## ui/panels/detail.rs

detail-close = Close the incident
detail-next = Next incident
detail-previous = Previous incident
detail-rank = { $rank } of { $total }
detail-rank-hidden = – of { $total }
detail-hidden = The filter hides this incident.
detail-reveal = Show it
detail-reveal-name = Show the hidden incident
detail-go-to = Go to: { $title }
detail-copy = Copy as text
detail-copy-hint = Put all of this incident on the clipboard
status-contested-accounts = Contested — accounts differ
claims-head = Who says what
detail-layer = From { $title }
location-head = Location
location-copy = Copy
location-copy-point = Copy the coordinates
location-copy-area = Copy the area's name
location-marker = Marker at { $decimal } ({ $dms })
location-local-name = Local name: { $name }
known-exact = The very spot is known.
known-settlement = The town or village is known, not the spot within it.
known-district = Only the district is known: the marker stands for all of it.
known-region-unnamed = Only the region is known: the marker stands for all of it.
known-region = Only the region is known: the marker stands for all of { $region }.
known-country = Only the country is known: the marker stands for all of it.
known-within = Within { $distance }.
town = { $distance } { $wind } of { $town }
town-abroad = { $distance } { $wind } of { $town }, { $country }
distance-m = { $m } m ({ $mi } mi)
distance-km = { $km } km ({ $mi } mi)
sources-head = Sources
source = [{ $number }] { $source }
link-open = Open in the browser
link-not-opened = { $address } (not a web address, not opened)
related-more = and { $count } more
nearby-same-place = at the same position
nearby-head = Nearby
tags-head = Tags

## ui/panels/detail/particulars.rs
detail-deaths = Deaths
detail-deaths-none = none reported
detail-deaths-from = { $best } (at least { $low })
detail-deaths-to = { $best } (up to { $high })
detail-deaths-range = { $best } (between { $low } and { $high })
detail-actors = Who took part
detail-actors-hint = As the file names them; it does not say who says so.
detail-more = More from the file
detail-place-unknown = Place unknown

## ui/map/mod.rs

map-name = Map
area-schematic = schematic
ring-choose = Click to choose one
ring-part = Click to part them
map-empty-dataset = This dataset has no incidents.
map-all-hidden = The filter hides all incidents.
map-reset-filter = Reset the filter

## ui/map/markers.rs

marker-name = { $place }: { $type }, { $status }
ring-name = { $count ->
    [one] { $count } incident: { $shares }
   *[other] { $count } incidents: { $shares }
}
ring-share = { $label } { $count }
# Stands between the shares of a ring.
ring-and = {", "}
# All event types of a ring that are not counted apart.
ring-rest = other

## ui/map/furniture.rs

zoom-in = Zoom in
zoom-out = Zoom out
fit-shown = Fit to all shown incidents
length-km = { $length } km
length-m = { $length } m
length-mi = { $length } mi
length-ft = { $length } ft
# Where the data of the embedded map comes from: the licences ask for these words.
map-data = Natural Earth · GeoNames (CC BY 4.0)
map-data-name = Map data: { $data }

## ui/map/measure

measure-ground = Map, measuring: a click adds a point
measure-title = Measure
measure-close = Stop measuring
measure-help = Click on the map to add points; Enter adds the cross in the middle. Backspace takes one back, Esc ends.
measure-copy = Copy
measure-copy-name = Copy what was measured
measure-back = Take back
measure-back-name = Take the last point back
measure-points = { $count ->
    [one] { $count } point set
   *[other] { $count } points set
}
measure-length = { $metric } · { $imperial }
measure-bearing = { $degrees }° { $wind }
measure-last-bearing = Last leg begins at { $bearing }
measure-leg = { $number }.  { $length }
measure-preview = { $length } · { $bearing }
# What a screen reader says after each point.
measure-says = { $last }, bearing { $bearing }; { $total } in all
# What is copied.
measured-leg = { $position }: { $length }, bearing { $bearing }
measured-total = Total: { $length }

## ui/map/spot_menu.rs

spot-menu = This point on the map
spot-copy = Copy { $text }
spot-measure = Measure from here
spot-add = Add this point to the measured line

## ui/debug.rs

debug-frames = Frame: { $p50 } ms (p50), { $p99 } ms (p99)
debug-shapes = Shapes: { $count }
debug-tiles = Tiles on their way: { $count }
debug-incidents = Incidents shown: { $count }
debug-memory = Memory: { $memory }
debug-megabytes = { $count } MB
debug-unknown = unknown

## ui/map/off_screen.rs

off-screen-go = Go to { $place }, off the screen

## ui/dialog.rs

dialog-title = Open a dataset
dialog-format = { $format } datasets
dialog-all-formats = All datasets
dialog-maps = Maps (PMTiles, MBTiles)
dialog-all-files = All files

## ui/opening.rs

open-bundled-name = the dataset that comes with Dateline
open-more-failed = { $count ->
    [one] Another file could not be read.
   *[other] { $count } other files could not be read.
}
open-reloaded = Read again: { $difference }.
open-changed = { $name } has changed on disk.
open-reload = Read it again
open-vanished = { $name } is no longer on disk. What was read of it stays open.
open-crashed = { $name } cannot be read: this is a mistake in the program. Please report it with the file.

## ui/panels/mapper.rs

mapper-head = What do the columns of { $name } mean?
mapper-why = Dateline does not know this table. Say at least where the position is: a latitude and a longitude, both in one column, or a geometry as well-known text.
mapper-close = Leave the file unopened
mapper-none = —
mapper-constant = The same text for all
mapper-text = Text for { $field }
mapper-field = { $field }: { $column }
mapper-no-position = No position yet: choose its column or columns.
mapper-counting = Counting…
mapper-count = { $mapped } on the map, { $listed } without position, { $rejected } rejected
mapper-open = Open
field-lat = Latitude
field-lon = Longitude
field-latlon = Latitude, longitude
field-wkt = Geometry (WKT)
field-date = Date
field-time = Time of day
field-end = Last day
field-title = Title
field-type = Event type
field-summary = Summary
field-status = Status
field-precision = Precision
field-place = Place
field-region = Region
field-country = Country
field-source = Source
field-url = Web address
field-tags = Tags
field-actor = Who took part
field-deaths = Deaths
field-deaths-low = Deaths at least
field-deaths-high = Deaths at most
field-id = Identifier

## ui/panels/path_field.rs

path-title = Open a file
path-close = Close without opening
path-name = Path of the file
path-hint = Path of a dataset
path-folder = In { $folder }
path-keys = Tab completes · Enter opens · Esc closes
path-open = Open
path-scroll = Scroll the files
path-no-folder = There is no such folder, or it may not be read.
path-nothing = No dataset or folder here begins like that.

## ui/panels/problems.rs

problems-open = { $name } cannot be opened:
problems-reload = { $name } can no longer be read; what was read before stays open:
problems-count = { $count ->
    [one] { $count } problem
   *[other] { $count } problems
}
problems-place = line { $line }, column { $column }
problems-whole-file = the whole file
problems-more = and { $count } more
problems-copy = Copy all as text
problems-again = Read it again
problems-close = Close the problems
problems-scroll = Scroll the problems

## ui/accounting.rs, ui/panels/account.rs
account-summary = { $rows ->
    [one] 1 row: { $parts }
   *[other] { $rows } rows: { $parts }
}
account-mapped = { $count } on the map
account-without-position = { $count } without position
account-not-understood = { $count } rejected
account-show = Show the account
account-menu = Account of the import
account-texts-lost = The incidents’ texts cannot be read back: { $why }.
account-all = All { $count }
account-listed = Without position { $count }
account-rejected = Rejected { $count }
account-fate = Rows
account-fate-listed = without position
account-fate-rejected = rejected
account-text = Find in these rows
account-none = No row like this.
account-line = Line { $line }
account-place = Line { $line }, column { $column }
account-value = It says: { $value }
account-copy = Copy { $count }
account-copy-row = Click to copy
account-export = Export { $count } as CSV…
account-close = Close the account
account-scroll = Scroll the account

## ui/exporting.rs, ui/panels/export.rs, ui/picture.rs
export-title = Export
export-title-rows = Export rows of the account
export-close = Close the export
export-what = What
export-all = All { $count }
export-shown = Shown { $count }
export-selected = Selected incident
export-what-map = The map as it is now, with its legend.
export-form = Format
export-report = Report for browsers (HTML)
export-picture = Picture of the map (PNG)
export-file = File
export-choose = Choose…
export-write = Write the file
export-replace = Replace
export-exists = There is a file of this name. Replace it?
export-data-hint = What the format cannot hold is said when the file is written.
export-report-hint = One page with the map, a list, and who says what; it needs no network.
export-picture-hint = As large as the map in the window, in its colours, with attribution.
export-name = incidents
export-file-name = { $name } export
export-rows-name = { $name } not on the map
export-writing = Writing { $name }…
export-written = { $name } is written.
export-written-count = { $count } written to { $name }.
export-losses = { $head } Not in it: { $losses }.
export-failed = { $name } is not written: { $why }.
export-crashed = { $name } is not written: the program made a mistake. Try another format, and report it.
dialog-export = Export
picture-more = and { $count } more

## ui/panels/loading.rs

loading-file = Reading { $name }…
loading-files = Reading { $name } and { $count ->
    [one] another file…
   *[other] { $count } other files…
}
loading-percent = { $count } %
loading-cancel = Cancel
loading-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
loading-rate = { $count } a second
loading-seconds = { $count ->
    [one] about a second left
   *[other] about { $count } seconds left
}
loading-minutes = { $count ->
    [one] about a minute left
   *[other] about { $count } minutes left
}

## ui/panels/drop_hint.rs

drop-one = Drop to open { $name }
drop-several = Drop to open { $count } files, each as a layer
drop-replaces = With Ctrl or Shift it stands beside what is open, else in its place.
drop-other = Datasets have the extension { $extensions }.

## ui/panels/dataset_menu.rs

menu-dataset = Dataset menu
menu-name = Dataset: { $title }
menu-less-motion = Less motion
menu-recent = Recent files
menu-bundled = The dataset that comes with Dateline

## ui/map/gpu/legend.rs

heat-title = Incidents within { $radius } px
heat-name = Heat: incidents within { $radius } px, from 1 to { $max } or more

## ui/map/drawing.rs

drawing-left-out = { $count ->
    [one] { $count } incident known only to an area is no point: its area shows where few are in view
   *[other] { $count } incidents known only to an area are no points: their areas show where few are in view
}
drawing-left-out-heat = { $count ->
    [one] { $count } incident known only to an area is left out of the heat
   *[other] { $count } incidents known only to an area are left out of the heat
}
drawing-off-map = { $count ->
    [one] { $count } incident lies beyond 85° of latitude, where this map ends
   *[other] { $count } incidents lie beyond 85° of latitude, where this map ends
}
drawing-failed = The graphics adapter cannot draw this: { $reason }. Rings are drawn instead.

## ui/panels/top_bar.rs: how incidents are drawn

drawing = How incidents are drawn
drawing-clusters = Clusters
drawing-points = Points
drawing-heat = Heat

## ui/app.rs

announce-selected = Selected: { $title }, { $place }, { $status }
region-bar = Tools
region-filters = Filters
region-incidents = Incidents
region-details = Details
search-crashed = The search failed because of a mistake in Dateline. The list still shows what was found before. Try another text.
handle-sidebar = Width of the sidebar
handle-details = Width of the detail panel

## ui/notice.rs

notice-close = Close this message

## ui/memory.rs

settings-damaged = { $count ->
    [one] One entry of the saved settings is damaged. What could be read is kept; the damaged file is now { $file }
   *[other] { $count } entries of the saved settings are damaged. What could be read is kept; the damaged file is now { $file }
}
settings-newer = The saved settings are those of a newer Dateline. This one starts with its own; the newer file is now { $file }
settings-unreadable = The saved settings cannot be read, and nothing is saved over them: { $file } ({ $error }). Make the file readable and start Dateline again.
settings-unwritable = Settings cannot be saved: { $file } ({ $error }). Make the folder writable; until then they last until the window is closed.
settings-no-home = Settings last until the window is closed: there is no home folder to save them in. Set HOME, or name a folder in DATELINE_CONFIG_DIR.

## ui/panels/search

search-title = Search
search-field = Search incidents, places, commands
search-results = Results
search-count = { $count ->
    [one] { $count } result
   *[other] { $count } results
}
search-looking = Looking…
search-nothing = Nothing is called “{ $text }”.
search-coordinates = Coordinates
search-places = Places
search-incidents = Incidents · { $count }
search-types = Event types
search-do = Do
search-in-text = In the text · { $count }
search-in-text-so-far = In the text · { $count } so far
# Stands between what is said of a place or incident.
search-and = {" · "}
search-region = { $region }, { $country }
search-type-count = { $count ->
    [one] { $count } incident
   *[other] { $count } incidents
}
# What Enter does with a row.
search-fly = fly there ↵
search-open = open ↵
search-only = show only this ↵
search-keep = Keep “{ $text }” as a filter
search-keep-keys = Ctrl+↵

## ui/panels/search/times.rs

search-times = Time
search-time = Show only { $time }
search-first-in = First incident of { $time }
# What Enter does with a time.
search-show = show ↵

## ui/panels/search: a view

search-view = View
search-view-restore = Restore this view
search-view-broken = This view cannot be restored

## ui/panels/timeline

region-timeline = Timeline
timeline-play = Play
timeline-pause = Pause
timeline-pace = Speed and mode: { $speed }
timeline-pace-speed = Speed
timeline-pace-mode = The window
timeline-pace-zone = Times in
speed-hour = 1 hour/s
speed-day = 1 day/s
speed-week = 1 week/s
speed-month = 1 month/s
speed-year = 1 year/s
speed-decade = 10 years/s
mode-moves = moves
mode-grows = grows
zone-own = the zone of each incident
zone-utc = UTC
# The zone of the reader's machine.
zone-local = local time
zone-offset = UTC{ $offset }
zone-of = { $time } ({ $zone })
# In place of a zone, where there are no times of day.
zone-dates = dates as given
zone-dates-why = There are no times of day, and a date is the same date in every zone.
zone-common-why = The zone in which the incidents’ times of day are given. Dates stay the dates that they are.
zone-several-why = The incidents have several zones, and lists show each its own; the timeline can have only one. Dates stay the dates that they are.
zone-utc-why = All times of day are in UTC, as chosen in the menu. Dates stay the dates that they are.
zone-local-why = All times of day are in the zone of this computer, as chosen in the menu. Dates stay the dates that they are.
timeline-all = All times
timeline-all-hint = Drag over the bars to choose a time
timeline-clear = Show all times
timeline-from = From
timeline-to = To
timeline-count = { $count ->
    [one] { $count } incident
   *[other] { $count } incidents
}
# Above the lines below, where a bin also holds incidents that are known less exactly.
timeline-known = { $count } known more exactly
timeline-within-day = { $count } known only to within a day
timeline-within-week = { $count } known only to within a week
timeline-within-month = { $count } known only to within a month
timeline-within-year = { $count } known only to within a year
timeline-within-longer = { $count } known only to within more than a year
# Beside a sample of the hatching.
timeline-hatched = inexact
timeline-hatched-why = Spread over the time in which they may have happened

## ui/panels/filters

filter-add = Add filter
filter-reset = Reset filters
# What a chip's button does. It goes on like "Status Contested".
filter-remove = Remove filter: { $filter }
# A file of several that are open at once, whose incidents are hidden.
filter-kind-layer = Without
filter-kind-types = Event types
filter-kind-status = Status
filter-kind-precision = Precision
filter-kind-country = Country
filter-kind-region = Region
filter-kind-source = Source
filter-kind-tag = Tag
filter-kind-time = Time
filter-kind-text = Words
filter-types = { $shown } of { $total }
filter-at-least = at least { $precision }
filter-any-precision = any
filter-in-view = In the map’s view
filter-in-rectangle = In the rectangle
filter-words = “{ $text }”
filter-by = Filter by { $kind }
filter-draw-rectangle = Draw a rectangle on the map
filter-back = Back to all filters
filter-search = Search: { $kind }
filter-search-hint = Search
filter-counting = Counting…
filter-no-values = No incident of this dataset has any.
filter-no-match = None contains these words.
# A value to choose, and how many incidents would be shown with it.
filter-value = { $value }, { $count }
filter-values-unreadable = The values to filter by cannot be read: { $error }
filter-values-crashed = The values to filter by could not be counted because of a mistake in Dateline. Other filters still work; open the file again to try once more.

## ui/map/rectangle.rs

rectangle-ground = Drag a rectangle here
rectangle-help = Drag a rectangle on the map.
rectangle-view = Use the map’s view
rectangle-cancel = Cancel

## io/report.rs

report-all = { $count ->
    [one] { $count } incident
   *[other] { $count } incidents
}
report-some = { $count } of { $all } incidents
report-as-of = As of { $day }
report-filter = Filter: { $filter }
report-cut = Here are the first { $count } of them.
report-map = Map of the incidents
report-list = Incidents
report-title = What
report-place = Where
report-time = When
report-status = Status
report-marker = { $precision } (marker at { $position })
report-deaths = Deaths
report-deaths-range = { $best } ({ $low } to { $high })
report-actors = Who took part
report-related = Belongs to
report-more = More from the file
report-no-place = Place unknown
report-account = { $rows } rows were read: { $listed } have no position that a map could show, { $rejected } were not understood.
report-licence = Licence of the data: { $licence }
report-made = Made with Dateline.

## tiles/template.rs

template-empty = Enter the address of the map’s tiles, such as https://example.org/{"{z}"}/{"{x}"}/{"{y}"}.png.
template-too-long = The address has more than { $limit } characters. Shorten it.
template-not-an-address = This is not a web address. It begins with https:// and has no spaces.
template-scheme = The address must begin with https:// or http://.
template-password = The address holds a user name. Remove what stands before the @: it would be kept and sent in the open.
template-lacks = The address lacks { $part }: without it every tile would be the same.
template-unknown = { $part } in the address has no meaning here. Use {"{z}"}, {"{x}"}, {"{y}"} (or {"{-y}"}) and {"{s}"}.
template-host = The name of the server may hold {"{s}"} but no other part in braces.

## tiles/provider.rs

custom-map-name = Give the map a name of at most { $limit } characters.
custom-map-attribution = Say who made the map, in at most { $limit } characters: it is shown below the map.
custom-map-zoom = The last zoom is { $limit } at most.
custom-map-tile-size = Tiles are 256 or 512 points wide.

## tiles/status.rs

tiles-offline = Offline
tiles-missing = { $count ->
    [one] { $count } tile missing: { $why }
   *[other] { $count } tiles missing: { $why }
}
tiles-outdated = { $count ->
    [one] { $count } tile from an earlier visit: { $why }
   *[other] { $count } tiles from an earlier visit: { $why }
}
tiles-why-offline = offline
tiles-why-refused = the server takes no requests
tiles-why-timeout = timeout
tiles-why-broken = the connection broke
tiles-why-certificate = the server’s certificate is not valid
tiles-why-not-found = not on the server
tiles-why-forbidden = the server refuses
tiles-why-busy = the server asks to wait
tiles-why-server = error { $status } of the server
tiles-why-redirects = the server only redirects
tiles-why-other-host = the server redirects to { $host }
tiles-why-unsafe = the server redirects to an unsafe address
tiles-why-too-large = larger than a tile may be
tiles-why-too-many-pixels = more pixels than a tile may have
tiles-why-not-a-tile = the answer is no map tile
tiles-why-damaged = the tile is damaged
tiles-why-description = the description of the map is damaged
tiles-advice-offline = Check the network. Dateline tries again by itself.
tiles-advice-certificate = Check the clock of this computer. If it is right, somebody may be reading along: choose another map.
tiles-advice-forbidden = The map may need a key in its address. Check the address, or choose another map.
tiles-advice-not-found = The map may end here. Dateline looks again now and then.
tiles-advice-address = Check the address of the map, or choose another one. Dateline tries again by itself.
tiles-advice-wait = Dateline tries again by itself.
tiles-advice-later = { $seconds ->
    [one] Dateline tries again in { $seconds } second.
   *[other] Dateline tries again in { $seconds } seconds.
}

## ui/map/attribution.rs

map-data-link = { $text }: { $url }

## ui/map/ground.rs

ground-not-agreed = Nobody has agreed to requests to the servers of this map. Choose it again in the map’s menu.
ground-unreadable = The map { $name } cannot be read: { $why }
ground-crashed = The map could not be opened because of a mistake in Dateline. Choose another one.
ground-tile = A tile of the map cannot be drawn: { $why }

## ui/panels/maps.rs

maps-title = Maps
maps-close = Close the maps
maps-online = Online
maps-offline = Dateline was started with --offline. Start it without to use online maps.
maps-files = Files
maps-embedded = Part of the program. Nothing is requested from any server.
maps-plain = Only the incidents
maps-add = Add a server by its address…
maps-open = Open a file (PMTiles or MBTiles)…
maps-remove = Remove { $name }
maps-agreed = Servers that may be asked
maps-forget = Ask again before using them
maps-question = Use { $name }?
maps-question-host = Its pictures come from { $host }. This server, and whoever runs the network on the way, will see your network address and which area you look at.
maps-question-not = It learns nothing of your incidents, files or filters. Nothing is requested before you agree, and you are asked only once.
maps-question-close = Close the question
maps-question-by = Map by { $attribution }
maps-agree = Use this map
maps-decline = Do not use it
maps-form-name = Name
maps-form-name-hint = City survey
maps-form-address = Address of the tiles
maps-form-address-hint = With {"{z}"}, {"{x}"} and {"{y}"} for zoom, column and row; {"{-y}"} counts rows from the south, {"{s}"} stands for a, b or c.
maps-form-attribution = Who made it
maps-form-attribution-hint = © City survey
maps-form-zoom = Last zoom that has tiles
maps-form-size = Size of a tile
maps-form-add = Add
maps-form-back = Back
