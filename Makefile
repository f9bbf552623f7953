# Two commands from a clean clone: `make run` and `make test`. Both fetch the system packages that are missing (see
# .ci/packages) and ask nothing. With the packages there, `cargo run --release` and `cargo test` are enough.

# rustup's own folder, for shells that have not read its settings yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help run test basemap fonts toolchain

help:
	@echo 'make run              install what is missing, build in release, open the window;'
	@echo '                      without a display: draw the window into dateline.png'
	@echo 'make run FILE=x.ron   the same with a dataset of your own'
	@echo 'make test             install what is missing, then every check that CI runs'
	@echo 'make basemap          make assets/basemap.pmtiles anew (network; not needed to build)'
	@echo 'make fonts            make assets/fonts/*.ttf anew (network; not needed to build)'

# NODEVICE_SELECT: Mesa's chooser of graphics cards complains where there is no display.
# A package that cannot be installed (`-`) does not stop it: the program says itself what it lacks.
run: toolchain
	-@.ci/install-packages run
	cargo build --release --locked
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		cargo run --quiet --release --locked -- $(if $(FILE),'$(FILE)'); \
	else \
		NODEVICE_SELECT=1 cargo run --quiet --release --locked -- render $(if $(FILE),'$(FILE)') --output dateline.png && \
		echo 'No display here (DISPLAY and WAYLAND_DISPLAY are unset): the window is drawn in dateline.png.'; \
	fi

# In the order of the shortest wait for an answer. Cargo compiles the dependencies twice in all: once as metadata,
# which clippy and rustdoc share, and once to code for the tests.
#   - Without `gui` the library and the binary are checked, not linked or run: what that proves is that the layers
#     below the window name nothing of egui, walkers or wgpu, and for that the compiler's checks suffice. Their
#     tests run once, below. `--all-targets` would drag the window's test tools in again.
#   - `cargo test` goes on after a failure so that one run shows them all.
test: toolchain
	@.ci/install-packages run test
	cargo fmt --check
	cargo clippy --locked --no-default-features -- -D warnings
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
	cargo test --locked --no-fail-fast

basemap:
	assets/basemap/build.sh

fonts:
	assets/fonts/build.sh

toolchain:
	@command -v cargo >/dev/null || { \
		echo 'Rust is missing: install rustup and with it a toolchain (version: rust-version in Cargo.toml).' >&2; exit 1; }
ifneq ($(filter test,$(MAKECMDGOALS)),)
	@for tool in fmt clippy; do cargo $$tool --version >/dev/null 2>&1 || { \
		echo 'rustfmt and clippy are needed: rustup component add rustfmt clippy' >&2; exit 1; }; done
endif
