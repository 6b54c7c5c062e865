//! Addresses of files: the field of rows that stand for one. Whether the caller may read the file, row level security says
//! in the statement that reads the row; the address is signed when the answer is written, without another query. The same
//! of rows that list files. Files that everybody may read have an address that lasts, too.

use std::{fmt, sync::Arc};

use sea_query::{Alias, Expr, ExprTrait, Func, SelectStatement};

use super::{
    Compiler, FieldShape,
    rows::{Rows, column, relation_condition},
};
use crate::{
    engine::{input::Source, sql::cast},
    error::{Error, Result},
    model::{File, Kind, Table},
};

/// The longest that an address is good, in seconds.
const SECONDS_MAX: u32 = 604_800;

/// Of how many files that a row lists there are addresses: of the first ones.
const LISTED_MAX: usize = 100;

/// Signs addresses: of a bucket, a file's name there, and for how many seconds; nothing where there are no files.
#[derive(Clone)]
pub struct FileUrls(Arc<Sign>);

type Sign = dyn Fn(&str, &str, u64) -> Option<String> + Send + Sync;

/// Where the bucket's name is.
#[derive(Debug)]
pub enum BucketPlace {
    /// In a column of the level's rows.
    Column(usize),
    /// Here already.
    Known(&'static str),
}

impl FileUrls {
    /// Signs with `sign`.
    pub fn new(sign: impl Fn(&str, &str, u64) -> Option<String> + Send + Sync + 'static) -> Self {
        FileUrls(Arc::new(sign))
    }

    /// The address of a file.
    pub fn sign(&self, bucket: &str, name: &str, seconds: u64) -> Option<String> {
        (self.0)(bucket, name, seconds)
    }
}

impl fmt::Debug for FileUrls {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("FileUrls")
    }
}

impl<'a> Compiler<'a> {
    /// The address of the file that a row of `table` under `alias` stands for, or of those that it lists, good for
    /// `seconds`.
    pub(super) fn file_url(
        &mut self,
        rows: &mut Rows<'a>,
        (alias, table): (&str, &Table),
        file: File,
        seconds: &Source,
    ) -> Result<FieldShape> {
        let (bucket, name) = match file {
            File::Own {
                bucket,
                name,
                version,
                ..
            } => {
                let whole = Expr::cust_with_exprs(
                    "case when $1 is not null then $2 end",
                    [column(alias, version), column(alias, name)],
                );
                let name = rows.read(format!("{alias}.{name} with bytes"), || whole);
                (BucketPlace::Column(rows.read_column(alias, bucket)), name)
            }
            File::Named { bucket, name } => {
                let found = self.named_file(alias, table, bucket, name)?;
                let name = rows.read(format!("{alias}.{name} of a file"), || found);
                (BucketPlace::Known(bucket), name)
            }
            File::Listed {
                column: list, key, ..
            } => {
                let found = self.listed_files(alias, table, list, key)?;
                let files = rows.read(format!("{alias}.{list} as files"), || found);
                return Ok(FieldShape::FileUrls {
                    files,
                    seconds: self.seconds(rows, alias, seconds),
                    urls: self.api.file_urls.clone(),
                });
            }
        };
        Ok(FieldShape::FileUrl {
            bucket,
            name,
            seconds: self.seconds(rows, alias, seconds),
            urls: self.api.file_urls.clone(),
        })
    }

    /// The lasting address of the file that a row of `table` under `alias` is, where everybody may read it.
    pub(super) fn public_url(
        &mut self,
        rows: &mut Rows<'a>,
        (alias, table): (&str, &Table),
        file: File,
    ) -> Result<FieldShape> {
        let File::Own {
            bucket,
            name,
            version,
            public: (relation, public),
        } = file
        else {
            return Err(Error::bad_input("Only files have a lasting address"));
        };
        let relation = table.relations.iter().find(|r| r.field == relation);
        let relation = relation.ok_or_else(|| {
            Error::internal(format!("{} does not lead to its bucket", table.name))
        })?;
        let target = self.table(relation.target);
        let to = self.alias(relation.target);
        let mut is_public = SelectStatement::new();
        is_public
            .expr(column(&to, public))
            .from_as(
                (Alias::new(&target.schema), Alias::new(&target.name)),
                Alias::new(&to),
            )
            .and_where(relation_condition(relation, alias, table, &to, target));
        let shown = Expr::cust_with_exprs(
            "case when $1 is not null and $2 then $3 end",
            [
                column(alias, version),
                Expr::SubQuery(None, Box::new(is_public.into())),
                column(alias, name),
            ],
        );
        Ok(FieldShape::FileUrl {
            bucket: BucketPlace::Column(rows.read_column(alias, bucket)),
            name: rows.read(format!("{alias}.{name} of everybody"), || shown),
            // It has no end, which is no time of its own.
            seconds: rows.read("a second".to_owned(), || Expr::cust("'1'::text")),
            urls: self.api.public_urls.clone(),
        })
    }

    /// The column of how long addresses are to be good.
    fn seconds(&mut self, rows: &mut Rows<'a>, alias: &str, seconds: &Source) -> usize {
        let scalar = self.scalar(&Kind::Int);
        let seconds = cast(self.one(seconds, scalar), "integer");
        let least = Func::cust(Alias::new("greatest"))
            .arg(seconds)
            .arg(Expr::cust("1"));
        let most = Func::cust(Alias::new("least"))
            .arg(Expr::from(least))
            .arg(Expr::cust(SECONDS_MAX.to_string()));
        // One parameter each: two of these may differ in their times.
        let what = format!("{alias} seconds {}", self.parameters.list.len());
        rows.read(what, || cast(Expr::from(most), "text"))
    }

    /// Buckets and names of the files whose keys a row lists, in its order: those that the caller may read.
    fn listed_files(
        &mut self,
        alias: &str,
        table: &Table,
        list: &str,
        key: &'static str,
    ) -> Result<Expr> {
        let (files, [bucket, name, version]) = self.api.model.files().ok_or_else(|| {
            Error::internal(format!("{} lists files, and there are none", table.name))
        })?;
        let of = self.table(files);
        let (schema, files) = (&of.schema, &of.name);
        // Whatever a client wrote there is no error: what is no key is the key of none.
        let id = format!(
            "case when length(a.value ->> '{key}') = 36
               and a.value ->> '{key}' ~ '^[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}'
             then (a.value ->> '{key}')::uuid end"
        );
        Ok(Expr::cust_with_exprs(
            format!(
                "(select jsonb_agg(case when f.id is not null then jsonb_build_array(f.{bucket}, f.{name}) end
                    order by a.place)::text
                  from jsonb_array_elements($1) with ordinality a (value, place)
                  left join {schema}.{files} f
                    on a.place <= {LISTED_MAX} and f.id = {id} and f.{version} is not null)"
            ),
            [column(alias, list)],
        ))
    }

    /// The name of the file that a row names, if the caller may read the file.
    fn named_file(
        &mut self,
        alias: &str,
        table: &Table,
        in_bucket: &'static str,
        named: &str,
    ) -> Result<Expr> {
        let (files, [bucket, name, version]) = self.api.model.files().ok_or_else(|| {
            Error::internal(format!("{} names files, and there are none", table.name))
        })?;
        let of = self.table(files);
        let file = self.alias(files);
        let mut found = SelectStatement::new();
        found
            .expr(column(&file, name))
            .from_as(
                (Alias::new(&of.schema), Alias::new(&of.name)),
                Alias::new(&file),
            )
            .and_where(column(&file, bucket).eq(Expr::cust(format!("'{in_bucket}'"))))
            .and_where(column(&file, name).eq(column(alias, named)))
            .and_where(column(&file, version).is_not_null());
        Ok(Expr::SubQuery(None, Box::new(found.into())))
    }
}
