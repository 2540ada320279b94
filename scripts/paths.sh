# Where the tools are; read by scripts/setup and scripts/with-tools.
. scripts/tools.env
cache="${ACCELERANDO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/accelerando}"
# Where the npm packages of a folder of tests are, by its lock file.
node_packages() { printf '%s/node-%s' "$cache" "$(cksum "$1/package-lock.json" | cut -d' ' -f1)"; }
node_tools=$(node_packages tests/page)
tool_path="$cache/trunk-$TRUNK/bin:$cache/wasm-bindgen-$WASM_BINDGEN/bin:$cache/wasm-pack-$WASM_PACK/bin:$cache/mdbook-$MDBOOK/bin:$cache/geckodriver-$GECKODRIVER/bin:$cache/cargo-deny-$CARGO_DENY/bin:$node_tools/node_modules/.bin"
[ ! -e "$cache/debian-rust" ] || tool_path="/usr/bin:$tool_path"

first_of() {
  local name
  for name in "$@"; do
    if type -P "$name" >/dev/null; then
      type -P "$name"
      return
    fi
  done
}
find_chrome() {
  first_of ${CHROME:+"$CHROME"} chromium chromium-browser google-chrome-stable google-chrome chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
}
find_chromedriver() {
  first_of ${CHROMEDRIVER:+"$CHROMEDRIVER"} chromedriver
}
find_firefox() {
  first_of ${FIREFOX:+"$FIREFOX"} firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"
}
