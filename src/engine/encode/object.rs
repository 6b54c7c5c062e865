//! JSON objects and lists: every answer is made of these.

use std::ops::Index;

use super::write_json_string;

/// `null`.
pub const NULL: &[u8] = b"null";

/// JSON that is known when the document is compiled.
pub type Constant = Box<[u8]>;

/// A text as a JSON string.
pub fn json_string(text: &str) -> Constant {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    write_json_string(text, &mut bytes);
    bytes.into()
}

/// What was selected of an object, under its keys in the answer, in the order of the document.
#[derive(Debug)]
pub struct Fields<F> {
    /// `"key":` of each, with a comma before it unless it is the first.
    fields: Vec<(Box<[u8]>, F)>,
}

impl<F> Default for Fields<F> {
    fn default() -> Self {
        Fields { fields: Vec::new() }
    }
}

impl<F> Fields<F> {
    /// An object of one field.
    pub fn of(key: &str, field: F) -> Self {
        let mut fields = Fields::default();
        fields.push(key, field);
        fields
    }

    /// Adds a field under a key.
    pub fn push(&mut self, key: &str, field: F) {
        let mut prefix = Vec::with_capacity(key.len() + 4);
        if !self.fields.is_empty() {
            prefix.push(b',');
        }
        write_json_string(key, &mut prefix);
        prefix.push(b':');
        self.fields.push((prefix.into(), field));
    }

    /// The fields.
    pub fn iter(&self) -> impl Iterator<Item = &F> + Clone {
        self.fields.iter().map(|(_, field)| field)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether nothing was selected.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The field, where there is only one.
    pub fn only(&self) -> Option<&F> {
        match self.fields.as_slice() {
            [(_, field)] => Some(field),
            _ => None,
        }
    }

    /// Writes the object; `value` writes the value of each field.
    ///
    /// # Errors
    /// The first of `value`: then `out` holds a part of the object and must be given up.
    pub fn write<'f, E>(
        &'f self,
        out: &mut Vec<u8>,
        mut value: impl FnMut(&'f F, &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        out.push(b'{');
        for (prefix, field) in &self.fields {
            out.extend_from_slice(prefix);
            value(field, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

impl<F> Index<usize> for Fields<F> {
    type Output = F;

    fn index(&self, place: usize) -> &F {
        &self.fields[place].1
    }
}

/// Writes a list; `value` writes each item.
///
/// # Errors
/// As [`Fields::write`].
pub fn write_list<T, E>(
    items: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    mut value: impl FnMut(T, &mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        value(item, out)?;
    }
    out.push(b']');
    Ok(())
}

/// Writes a boolean.
pub fn write_boolean(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes a number.
pub fn write_number(value: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn objects_and_lists_are_json() {
        let mut object = Fields::default();
        for (key, value) in [("a", 1), ("b\"", 2)] {
            object.push(key, value);
        }
        let mut out = Vec::new();
        let number = |value: &usize, out: &mut Vec<u8>| -> Result<(), Infallible> {
            write_number(*value, out);
            Ok(())
        };
        let Ok(()) = write_list([&object, &object], &mut out, |object, out| {
            object.write(out, number)
        });
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#"[{"a":1,"b\"":2},{"a":1,"b\"":2}]"#);
        assert_eq!(object.only(), None);
        assert_eq!(Fields::of("a", 1).only(), Some(&1));
    }
}
