#!/bin/sh
# Looks for what `make test` needs besides Go and Node, and installs what is
# missing where it may: apt-get, as root or with a sudo that asks nothing.
# Otherwise it says what to install and leaves it at that: tests that need it
# skip. WITHUS_NO_INSTALL=1 keeps it from installing anything.
set -u

has_postgresql() {
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
		[ -x "$(pg_config --bindir 2>/dev/null)/initdb" ] || command -v initdb >/dev/null
}

has_chromium() {
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" >/dev/null && return
	done
	[ -d "/Applications/Google Chrome.app" ] || [ -d /Applications/Chromium.app ]
}

# has_noto Arabic: is there a Noto font of that script? By file name, since
# fontconfig's own tools need not be installed.
has_noto() {
	for dir in /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.fonts" "${HOME:-/}/.local/share/fonts" /Library/Fonts "${HOME:-/}/Library/Fonts"; do
		[ -n "$(find -L "$dir" -iname "noto*$1*" 2>/dev/null | head -n 1)" ] && return
	done
	return 1
}

# The missing ones, by the names of Debian's packages.
missing() {
	has_postgresql || echo postgresql
	has_chromium || echo chromium
	{ has_noto Arabic && has_noto Devanagari; } || echo fonts-noto-core
	has_noto CJK || echo fonts-noto-cjk
}

add() {
	name=$1
	# Ubuntu calls that one otherwise.
	[ "$name" = chromium ] && ! apt-cache show chromium >/dev/null 2>&1 && name=chromium-browser
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$name" >"$log" 2>&1 ||
		tail -n 5 "$log" >&2
}

may_install() {
	[ -z "${WITHUS_NO_INSTALL:-}" ] && command -v apt-get >/dev/null || return
	sudo=
	[ "$(id -u)" = 0 ] && return
	sudo="sudo -n"
	command -v sudo >/dev/null && sudo -n true 2>/dev/null
}

wanted=$(missing)
if [ -n "$wanted" ] && may_install; then
	log=$(mktemp) || exit
	trap 'rm -f "$log"' EXIT
	echo "installing for the tests:" $wanted
	$sudo apt-get update -qq >"$log" 2>&1 || tail -n 5 "$log" >&2
	for package in $wanted; do
		add "$package"
	done
	wanted=$(missing)
fi
for package in $wanted; do
	case $package in
	postgresql) what="PostgreSQL: the tests run on SQLite only" ;;
	chromium) what="Chromium: the browser journeys are skipped" ;;
	fonts-noto-core) what="Noto fonts for Arabic and Devanagari: pages may show boxes" ;;
	fonts-noto-cjk) what="Noto fonts for Chinese, Japanese and Korean: pages may show boxes" ;;
	esac
	echo "MISSING $what (Debian: apt-get install $package)" >&2
done
