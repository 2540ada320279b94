# Where the tools are; read by scripts/setup and scripts/with-tools.
. scripts/tools.env
cache="${ACCELERANDO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/accelerando}"
node_tools="$cache/node-$(cksum tests/page/package-lock.json | cut -d' ' -f1)"
tool_path="$cache/trunk-$TRUNK/bin:$cache/wasm-bindgen-$WASM_BINDGEN/bin:$cache/wasm-pack-$WASM_PACK/bin:$node_tools/node_modules/.bin"
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
