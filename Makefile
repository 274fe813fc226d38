# make run      installs what is missing, builds, and opens the workbench
# make test     the same set-up, then the whole test suite and the lint
# make bench    speed beside PyTorch and TensorBoard, where python3 can import them
# make bench-ui the screen beside W&B LEET, where python3 can import wandb
# make lint     formatting, imports
# make soak     the long versions of the kill and fuzz tests
# make install  PREFIX=/usr/local
# make clean

PREFIX ?= /usr/local
SWIFT_VERSION := 6.1
# Development packages and what they are for: terminal, store, matrix products, compression, pictures, digests, sound
# files and their spectra, endpoints.
PACKAGES := libncurses-dev libsqlite3-dev libdnnl-dev zlib1g-dev libpng-dev libssl-dev libsndfile1-dev libkissfft-dev \
	libcurl4-openssl-dev
# Undeclared imports between targets are errors.
CHECKED := --explicit-target-dependency-import-check error

.PHONY: run test bench bench-ui lint soak install clean setup toolchain
.DEFAULT_GOAL := run

run: setup
	@swift build -c release --product benchtop
	@.build/release/benchtop

# Tests open exported weights in Python, and look at the screen through a terminal emulator.
test soak: PACKAGES += python3 libvterm-dev

test: setup lint
	swift build --build-tests $(CHECKED)
	swift test --skip-build

bench: setup
	swift run -c release --package-path Tests/Benchmarks bench

# The screen beside W&B LEET, where python3 can import wandb; one driver, same data, interleaved.
bench-ui: PACKAGES += python3
bench-ui: setup
	swift build -c release --product benchtop
	swift run -c release --package-path Tests/Benchmarks bench sessions .build/screen
	python3 Tests/Benchmarks/screen.py .build/release/benchtop .build/screen

lint: toolchain
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

soak: setup
	swift build --build-tests $(CHECKED)
	BENCHTOP_SOAK=1 swift test --skip-build

install: setup
	swift build -c release --product benchtop
	install -D -m 755 .build/release/benchtop $(DESTDIR)$(PREFIX)/bin/benchtop
	install -d $(DESTDIR)$(PREFIX)/share/benchtop/Sessions
	install -m 644 Sessions/*.sqlite $(DESTDIR)$(PREFIX)/share/benchtop/Sessions
	install -d $(DESTDIR)$(PREFIX)/share/benchtop/Themes
	install -m 644 Themes/*.toml $(DESTDIR)$(PREFIX)/share/benchtop/Themes
	for folder in $(notdir $(wildcard Sources/Methods/Resources/*)); do \
		install -d $(DESTDIR)$(PREFIX)/share/benchtop/$$folder && \
		install -m 644 Sources/Methods/Resources/$$folder/* $(DESTDIR)$(PREFIX)/share/benchtop/$$folder || exit 1; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/share/man/man1
	.build/release/benchtop --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/benchtop
	.build/release/benchtop --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_benchtop
	.build/release/benchtop --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/benchtop.fish
	mkdir -p .build/manual
	swift package --allow-writing-to-package-directory generate-manual --output-directory .build/manual
	install -m 644 .build/manual/benchtop.1 $(DESTDIR)$(PREFIX)/share/man/man1

clean:
	rm -rf .build Tests/Benchmarks/.build

toolchain:
	@command -v swift > /dev/null || { \
		echo "Benchtop needs Swift $(SWIFT_VERSION) or newer, and there is none here; https://www.swift.org/install offers it." >&2; exit 1; }
	@found=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1); \
	oldest=$$(printf '%s\n%s\n' "$(SWIFT_VERSION)" "$$found" | sort -V | head -1); \
	[ "$$oldest" = "$(SWIFT_VERSION)" ] || { \
		echo "Benchtop needs Swift $(SWIFT_VERSION) or newer, and this is $$found; https://www.swift.org/install offers it." >&2; exit 1; }

# Asks before it uses sudo; says nothing and does nothing when all is there.
setup: toolchain
	@missing=""; for package in $(PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	install="apt-get install -y --no-install-recommends$$missing"; \
	if [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive $$install; \
	else \
		printf 'Benchtop needs%s. Run "sudo %s"? [y/N] ' "$$missing" "$$install"; read answer; \
		case "$$answer" in y|Y|yes) sudo apt-get update -q && sudo $$install;; \
		*) echo "Nothing was installed; Benchtop cannot be built without them." >&2; exit 1;; esac; \
	fi
