//! Chooses the door: the command line natively, the page in the browser.

fn main() {
    println!("Accelerando {}", env!("CARGO_PKG_VERSION"));
}
