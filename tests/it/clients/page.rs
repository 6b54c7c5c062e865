//! docs/clients.md as a list of recipes.

/// What stands below one heading.
#[derive(Default)]
pub struct Recipe {
    pub title: String,
    /// Files by name.
    pub files: Vec<(String, String)>,
    /// The lines of the `sh` block.
    pub commands: Vec<String>,
    /// The lines of the `text` block: what the commands print.
    pub printed: Vec<String>,
}

/// The recipes of a page. A code block whose fence names a file is that file.
pub fn recipes(page: &str) -> Vec<Recipe> {
    let mut recipes: Vec<Recipe> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            let title = title.to_owned();
            recipes.push(Recipe {
                title,
                ..Recipe::default()
            });
        }
        let Some(fence) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let recipe = recipes.last_mut().expect("code stands below a heading");
        let owned = || block.iter().map(|line| (*line).to_owned());
        match fence.split_once(' ') {
            Some((_, name)) => recipe
                .files
                .push((name.to_owned(), block.join("\n") + "\n")),
            None if fence == "sh" => recipe.commands.extend(owned()),
            None if fence == "text" => recipe.printed.extend(owned()),
            None => panic!("a block of {fence} below {:?} names no file", recipe.title),
        }
    }
    recipes
}
