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
action-pan-left = Move the focused map left
action-pan-right = Move the focused map right
action-pan-up = Move the focused map up
action-pan-down = Move the focused map down
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

## ui/notice.rs

notice-close = Close this message

## ui/memory.rs

settings-damaged = { $count ->
    [one] One entry of the saved settings is damaged. The others are kept; the damaged file is now { $file }
   *[other] { $count } entries of the saved settings are damaged. The others are kept; the damaged file is now { $file }
}
settings-newer = The saved settings are those of a newer Dateline. This one starts with its own; the newer file is now { $file }
settings-unreadable = The saved settings cannot be read, and nothing is saved over them: { $file } ({ $error }). Make the file readable and start Dateline again.
settings-unwritable = Settings cannot be saved: { $file } ({ $error }). Make the folder writable; until then they last until the window is closed.
settings-no-home = Settings last until the window is closed: there is no home folder to save them in. Set HOME, or name a folder in DATELINE_CONFIG_DIR.
