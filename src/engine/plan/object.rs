//! Objects: what is read of a row, and where each part of the answer stands in it.

use async_graphql::parser::types::{Field, SelectionSet};
use sea_query::{BinOper, Expr, ExprTrait};

use super::{
    BucketPlace, Compiler, FileUrls, SelectedField,
    order::distance,
    rows::{Parents, Rows, column},
};
use crate::{
    engine::{
        encode::{Constant, Fields, json_string},
        input::Input,
    },
    error::{Error, Result},
    model::{Column, Kind, Member, Relation, Table, TableId},
    schema::{PUBLIC_URL, file_field},
};

/// An object of the answer.
pub type ObjectShape = Fields<FieldShape>;

/// Where a field's value is.
#[derive(Debug)]
pub enum FieldShape {
    /// In a column of the level's rows.
    Column(usize),
    /// Here already.
    Constant(Constant),
    /// Computed from the columns of the key.
    NodeId {
        /// The table's name, which is part of the id.
        table: String,
        /// The key's columns.
        key: Vec<usize>,
    },
    /// The address of a file, signed when it is written; null if there is no name.
    FileUrl {
        /// Where the bucket's name is.
        bucket: BucketPlace,
        /// The column of the file's name there.
        name: usize,
        /// The column that says for how many seconds, as text.
        seconds: usize,
        /// What signs it.
        urls: FileUrls,
    },
    /// The addresses of several files, signed when they are written; null for each that has no name.
    FileUrls {
        /// The column of buckets and names: a JSON array of pairs and nulls, as text.
        files: usize,
        /// The column that says for how many seconds, as text.
        seconds: usize,
        /// What signs them.
        urls: FileUrls,
    },
    /// An object made of further columns of the same row; null if `present` is.
    ToOne {
        /// A column that is never null in a row that exists; none for objects that always exist.
        present: Option<usize>,
        /// What was selected of it.
        object: ObjectShape,
    },
    /// In another level, under the values of these columns.
    Level {
        /// Its place among the read's levels.
        level: usize,
        /// The columns that the level's parent columns repeat.
        key: Vec<usize>,
    },
}

/// A relation to many that is compiled once its parents' query is complete.
pub struct Child<'d> {
    /// Its place among the levels.
    pub level: usize,
    /// The alias of the row that it belongs to.
    pub alias: String,
    /// That row's table.
    pub table: TableId,
    /// The relation's place there.
    pub relation: usize,
    /// The arguments of the field.
    pub arguments: Input,
    /// What was selected of the connection.
    pub selections: Vec<&'d SelectionSet>,
}

impl<'a> Compiler<'a> {
    /// The object that selections ask of a row of `table` under `alias`.
    pub fn object(
        &mut self,
        rows: &mut Rows<'a>,
        alias: &str,
        table: TableId,
        selections: &[&'a SelectionSet],
    ) -> Result<ObjectShape> {
        let of = self.table(table);
        let mut shape = ObjectShape::default();
        for selected in self.collect(&of.type_name, selections) {
            let field = match selected.name() {
                "__typename" => FieldShape::Constant(json_string(&of.type_name)),
                "nodeId" => self.node_id(rows, alias, of),
                name => match of.member(name) {
                    Some(Member::Column(index)) => {
                        let column = &of.columns[index];
                        FieldShape::Column(rows.read_column(alias, &column.name))
                    }
                    Some(Member::Relation(index)) => {
                        self.related(rows, alias, table, index, &selected)?
                    }
                    None => self.without_column(rows, alias, of, selected.fields[0])?,
                },
            };
            shape.push(selected.key, field);
        }
        Ok(shape)
    }

    fn node_id(&mut self, rows: &mut Rows<'a>, alias: &str, table: &Table) -> FieldShape {
        FieldShape::NodeId {
            table: table.name.clone(),
            key: table
                .key_columns()
                .map(|c| rows.read_column(alias, &c.name))
                .collect(),
        }
    }

    fn related(
        &mut self,
        rows: &mut Rows<'a>,
        alias: &str,
        table: TableId,
        index: usize,
        selected: &SelectedField<'a>,
    ) -> Result<FieldShape> {
        let of = self.table(table);
        let relation = &of.relations[index];
        if relation.to_many {
            return self.child(rows, alias, table, index, selected);
        }
        let to = rows.join(self, alias, of, relation);
        let target = self.table(relation.target);
        let present = target
            .key_columns()
            .next()
            .map(|key| rows.read_column(&to, &key.name));
        let object = self.object(rows, &to, relation.target, &selected.selections())?;
        Ok(FieldShape::ToOne { present, object })
    }

    fn child(
        &mut self,
        rows: &mut Rows<'a>,
        alias: &str,
        table: TableId,
        index: usize,
        selected: &SelectedField<'a>,
    ) -> Result<FieldShape> {
        let of = self.table(table);
        let relation = &of.relations[index];
        let key = here_columns(of, relation)
            .map(|column| rows.read_column(alias, &column.name))
            .collect();
        let level = self.reserve_level();
        rows.children.push(Child {
            level,
            alias: alias.to_owned(),
            table,
            relation: index,
            arguments: self.arguments(&of.type_name, selected.fields[0])?,
            selections: selected.selections(),
        });
        Ok(FieldShape::Level { level, key })
    }

    /// A field that is no column and no relation.
    fn without_column(
        &mut self,
        rows: &mut Rows<'a>,
        alias: &str,
        table: &Table,
        field: &Field,
    ) -> Result<FieldShape> {
        match table.file {
            Some(file) if field.name.node.as_str() == file_field(file) => {
                let arguments = self.arguments(&table.type_name, field)?;
                let seconds = arguments.scalar("expiresIn")?;
                let seconds = seconds.ok_or_else(|| Error::bad_input("expiresIn is needed"))?;
                self.file_url(rows, (alias, table), file, seconds)
            }
            Some(file) if field.name.node.as_str() == PUBLIC_URL => {
                self.public_url(rows, (alias, table), file)
            }
            _ => self.computed(rows, alias, table, field),
        }
    }

    /// The similarity and distance fields of vector columns.
    fn computed(
        &mut self,
        rows: &mut Rows<'a>,
        alias: &str,
        table: &Table,
        field: &Field,
    ) -> Result<FieldShape> {
        let name = field.name.node.as_str();
        let vector = |suffix: &str| -> Option<&Column> {
            match table.member(name.strip_suffix(suffix)?)? {
                Member::Column(index) => Some(&table.columns[index])
                    .filter(|column| matches!(column.kind, Kind::Vector(_))),
                Member::Relation(_) => None,
            }
        };
        let arguments = self.arguments(&table.type_name, field)?;
        let Some(to) = arguments.scalar("to")? else {
            return Err(Error::bad_input(format!("{name} needs a vector in `to`")));
        };
        let expression = if let Some(of) = vector("Similarity") {
            let distance = distance(self, column(alias, &of.name), of, to, None)?;
            Expr::cust("1::double precision").binary(BinOper::Sub, distance)
        } else if let Some(of) = vector("Distance") {
            distance(
                self,
                column(alias, &of.name),
                of,
                to,
                arguments.given("metric")?,
            )?
        } else {
            return Err(Error::internal(format!(
                "{name} has no meaning in {}",
                table.type_name
            )));
        };
        // Two of these may differ in their vectors, so that none is shared.
        let what = format!("{alias}.{name}.{}", self.parameters.list.len());
        Ok(FieldShape::Column(rows.read(what, || expression)))
    }

    /// Makes the level of complete rows, and those of their children.
    pub fn finish(
        &mut self,
        level: usize,
        mut rows: Rows<'a>,
        shape: super::LevelShape,
    ) -> Result<()> {
        let parent_width = rows.parents.as_ref().map_or(0, |parents| parents.width);
        let statement = super::Statement::select(&rows.select(self));
        self.levels[level] = Some(super::Level {
            statement,
            parent_width,
            shape,
        });
        for child in std::mem::take(&mut rows.children) {
            let parents = self.parents_of(&rows, &child);
            self.child_level(child, parents)?;
        }
        Ok(())
    }

    /// Keeps a place among the levels.
    pub fn reserve_level(&mut self) -> usize {
        self.levels.push(None);
        self.levels.len() - 1
    }

    fn parents_of(&self, rows: &Rows<'a>, child: &Child<'a>) -> Parents {
        let table = self.table(child.table);
        let relation = &table.relations[child.relation];
        let keys: Vec<Expr> = here_columns(table, relation)
            .map(|of| column(&child.alias, &of.name))
            .collect();
        // The keys of the level's own rows differ from each other; those of joined rows need not.
        let own = child.alias == rows.alias && table.key.len() == keys.len();
        rows.keys(self, &child.alias, &keys, !own)
    }

    fn child_level(&mut self, child: Child<'a>, parents: Parents) -> Result<()> {
        let table = self.table(child.table);
        let relation = &table.relations[child.relation];
        let target = self.table(relation.target);
        let mut rows = Rows::new(self, relation.target);
        rows.belong_to(parents, relation, target);
        self.connection(child.level, rows, &child.arguments, &child.selections)
    }
}

fn here_columns<'t>(table: &'t Table, relation: &'t Relation) -> impl Iterator<Item = &'t Column> {
    relation.on.iter().map(|(here, _)| &table.columns[*here])
}
