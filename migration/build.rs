//! Lists the migrations for `src/lib.rs`: whatever lies in `src` as `mNNNN_<topic>.sql`, in the order of the names.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src");
    let source = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("src");
    let mut names = Vec::new();
    for entry in fs::read_dir(source)? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let name = file.strip_suffix(".sql");
        names.extend(
            name.filter(|name| !name.ends_with(".down"))
                .map(str::to_owned),
        );
    }
    names.sort_unstable();
    let mut list = String::from("vec![\n");
    for name in names {
        writeln!(list, "    sql!({name:?}),")?;
    }
    list.push_str("]\n");
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("migrations.rs"), list)?;
    Ok(())
}
