//! A file of `src/demo/notes`: what one topic's notes are, and what more of them are made from.
//!
//! Sections begin with a line of their own and last until the next one:
//!
//! - `% titles` and `% sentences`: one template a line, with blanks such as `{n}` (a number), `{day}`,
//!   `{month}`, `{person}` and those that the file names;
//! - `% NAME`: what fills the blank `{NAME}`, separated by ` | `;
//! - `== KEY`: a hand-written note: its title, then its text. The key is never changed, since questions
//!   refer to it.
//!
//! Empty lines mean nothing.

/// What is known of a topic.
pub(super) struct TopicFile {
    pub(super) name: &'static str,
    pub(super) titles: Vec<&'static str>,
    pub(super) sentences: Vec<&'static str>,
    /// The blanks that only this topic has, and what fills them.
    pub(super) blanks: Vec<(&'static str, Vec<&'static str>)>,
    pub(super) written: Vec<Written>,
}

/// A note that somebody wrote.
pub(in crate::demo) struct Written {
    pub(in crate::demo) key: &'static str,
    /// Its title, an empty line, and its text.
    pub(in crate::demo) text: String,
}

enum Section {
    Titles,
    Sentences,
    Blank,
    Note,
}

impl TopicFile {
    pub(super) fn parse(name: &'static str, file: &'static str) -> Self {
        let mut topic = Self {
            name,
            titles: Vec::new(),
            sentences: Vec::new(),
            blanks: Vec::new(),
            written: Vec::new(),
        };
        let mut section = Section::Titles;
        for line in file.lines().filter(|line| !line.is_empty()) {
            if let Some(heading) = line.strip_prefix("% ") {
                section = topic.begin(heading);
            } else if let Some(key) = line.strip_prefix("== ") {
                let text = String::new();
                topic.written.push(Written { key, text });
                section = Section::Note;
            } else {
                topic.add(&section, line);
            }
        }
        topic
    }

    fn begin(&mut self, heading: &'static str) -> Section {
        match heading {
            "titles" => Section::Titles,
            "sentences" => Section::Sentences,
            blank => {
                self.blanks.push((blank, Vec::new()));
                Section::Blank
            }
        }
    }

    fn add(&mut self, section: &Section, line: &'static str) {
        match section {
            Section::Titles => self.titles.push(line),
            Section::Sentences => self.sentences.push(line),
            Section::Blank => {
                if let Some((_, words)) = self.blanks.last_mut() {
                    words.extend(line.split(" | "));
                }
            }
            Section::Note => {
                if let Some(Written { text, .. }) = self.written.last_mut() {
                    if text.contains("\n\n") {
                        text.push('\n');
                    } else if !text.is_empty() {
                        text.push_str("\n\n");
                    }
                    text.push_str(line);
                }
            }
        }
    }
}
