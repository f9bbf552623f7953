# Every word that a person reads in the window, in English. Syntax: projectfluent.org. One section a file of the code.

app-name = Dateline

## ui/map/chooser.rs

incidents-here = { $count ->
    [one] { $count } incident here
   *[other] { $count } incidents here
}

## ui/actions.rs

group-file = File
group-incidents = Incidents
group-filter = Filter
group-map = Map
group-history = History
group-window = Window
action-open = Open a file…
action-reload = Read the file again
action-next-incident = Next incident
action-previous-incident = Previous incident
action-go-to-incident = Go to the incident on the map
action-close = Close what is open
action-copy-incident = Copy the incident as text
action-find-text = Filter by text
action-toggle-type = Show or hide an event type
action-only-type = Show only this event type
action-reset-filter = Show everything
action-pan-left = Move the map left
action-pan-right = Move the map right
action-pan-up = Move the map up
action-pan-down = Move the map down
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-fit = Fit the map to what is shown
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
dialog-all-files = All files

## ui/opening.rs

open-bundled-name = the dataset that comes with Dateline
open-left-out = One file is open at a time: { $name } was opened, { $count ->
    [one] another was left
   *[other] { $count } others were left
}.
open-crashed = { $name } cannot be read: this is a mistake in the program. Please report it with the file.

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

## ui/panels/strips.rs

strip-loading = Reading { $name }…
strip-percent = { $count } %
strip-cancel = Cancel
strip-changed = { $name } has changed on disk.
strip-vanished = { $name } is no longer on disk. What was read of it stays open.
strip-reload = Read it again
strip-not-now = Not now
strip-close = Close the message

## ui/panels/drop_hint.rs

drop-one = Drop to open { $name }
drop-first = Drop to open the first of { $count } files that can be read
drop-one-at-a-time = One file is open at a time.
drop-replaces = It takes the place of what is open.
drop-other = Datasets have the extension { $extensions }.

## ui/panels/dataset_menu.rs

menu-name = Dataset: { $title }
menu-recent = Recent files
menu-bundled = The dataset that comes with Dateline

## ui/panels/introduction.rs

own-file = Open a file of your own…
own-file-drop = or drop one on the window.
