//! Writing the schema definition language.

use std::fmt::Write;

/// A schema document under construction.
#[derive(Default)]
pub struct Sdl {
    text: String,
}

/// One type of it under construction; closed when dropped.
pub struct TypeBody<'a> {
    sdl: &'a mut Sdl,
    empty: bool,
}

impl Sdl {
    /// The document.
    pub fn finish(self) -> String {
        self.text
    }

    /// Appends definitions that are written already.
    pub fn raw(&mut self, definitions: &str) {
        self.text.push_str(definitions);
        self.text.push('\n');
    }

    /// Opens a definition: `head` is all before the brace, for example `type Note implements Node`.
    pub fn open(&mut self, head: &str, description: &str) -> TypeBody<'_> {
        self.describe(description, "");
        self.text.push_str(head);
        TypeBody {
            sdl: self,
            empty: true,
        }
    }

    fn describe(&mut self, description: &str, indent: &str) {
        if !description.is_empty() {
            // A closing quote right before the delimiter would end it early, hence the line break.
            let text = description.replace("\"\"\"", "\\\"\"\"");
            let _ = writeln!(self.text, "{indent}\"\"\"\n{indent}{text}\n{indent}\"\"\"");
        }
    }
}

impl TypeBody<'_> {
    /// Adds a field, an input field or an enum value, as written.
    pub fn field(&mut self, written: &str, description: &str) -> &mut Self {
        if std::mem::take(&mut self.empty) {
            self.sdl.text.push_str(" {\n");
        }
        self.sdl.describe(description, "  ");
        let _ = writeln!(self.sdl.text, "  {written}");
        self
    }
}

impl Drop for TypeBody<'_> {
    fn drop(&mut self) {
        self.sdl
            .text
            .push_str(if self.empty { "\n" } else { "}\n" });
    }
}
