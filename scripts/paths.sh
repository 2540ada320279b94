# Where the tools are; read by scripts/setup and scripts/with-tools.
. scripts/tools.env
cache="${ACCELERANDO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/accelerando}"
node_tools="$cache/node-$(cksum tests/page/package-lock.json | cut -d' ' -f1)"
tool_path="$cache/trunk-$TRUNK/bin:$cache/wasm-bindgen-$WASM_BINDGEN/bin:$cache/wasm-pack-$WASM_PACK/bin:$node_tools/node_modules/.bin"
[ ! -e "$cache/debian-rust" ] || tool_path="$tool_path:/usr/bin"

first_of() {
  local name
  for name in "$@"; do
    if command -v "$name" >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
}
chrome() {
  first_of ${CHROME:+"$CHROME"} chromium chromium-browser google-chrome-stable google-chrome chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
}
chromedriver() {
  first_of ${CHROMEDRIVER:+"$CHROMEDRIVER"} chromedriver
}
