//! Reads documents as nearly all are written: without descriptions, escapes and block strings. It takes a quarter of the
//! time of the parser that keeps every blank and its place, which reads all others, and once more what is wrong.

use apollo_compiler::{
    Name, Node,
    ast::{
        Argument, Definition, Directive, DirectiveList, Document, Field, FloatValue,
        FragmentDefinition, FragmentSpread, InlineFragment, IntValue, OperationDefinition,
        OperationType, Selection, Type, Value, VariableDefinition,
    },
};

/// A document's tree, which knows no places, and where its fields begin, in their order.
pub(super) struct Read {
    pub document: Document,
    pub fields: Vec<usize>,
}

/// Reads a text whose nesting is bounded. Nothing where it is no document, or has what this reader does not know: the
/// parser decides then.
pub(super) fn read(text: &str) -> Option<Read> {
    let mut reader = Reader {
        text,
        at: 0,
        is_constant: false,
        fields: Vec::new(),
    };
    let mut document = Document::new();
    while reader.peek().is_some() {
        document.definitions.push(reader.definition()?);
    }
    (!document.definitions.is_empty()).then_some(Read {
        document,
        fields: reader.fields,
    })
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Among the variables' definitions, where no variable may stand in a value.
    is_constant: bool,
    fields: Vec<usize>,
}

impl<'t> Reader<'t> {
    /// The first byte of the next token, which begins at `at` then.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match *bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => self.at += 1,
                b'#' => {
                    let rest = &bytes[self.at..];
                    let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.at += line.unwrap_or(rest.len());
                }
                byte => return Some(byte),
            }
        }
    }

    /// Passes over a sign, if it is the next token.
    fn passes(&mut self, sign: u8) -> bool {
        let is_next = self.peek() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: u8) -> Option<()> {
        self.passes(sign).then_some(())
    }

    fn word(&mut self) -> Option<&'t str> {
        if !is_start_of_name(self.peek()?) {
            return None;
        }
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| !is_in_name(byte));
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        Some(word)
    }

    fn name(&mut self) -> Option<Name> {
        self.word().map(Name::new_unchecked)
    }

    fn definition(&mut self) -> Option<Definition> {
        if self.peek() == Some(b'{') {
            return self.operation(OperationType::Query, true);
        }
        match self.word()? {
            "query" => self.operation(OperationType::Query, false),
            "mutation" => self.operation(OperationType::Mutation, false),
            "subscription" => self.operation(OperationType::Subscription, false),
            "fragment" => self.fragment(),
            _ => None,
        }
    }

    fn operation(&mut self, operation_type: OperationType, is_short: bool) -> Option<Definition> {
        let mut operation = OperationDefinition {
            operation_type,
            name: None,
            variables: Vec::new(),
            directives: DirectiveList::default(),
            selection_set: Vec::new(),
        };
        if !is_short {
            if self.peek().is_some_and(is_start_of_name) {
                operation.name = Some(self.name()?);
            }
            operation.variables = self.variables()?;
            operation.directives = self.directives()?;
        }
        operation.selection_set = self.selections()?;
        Some(Definition::OperationDefinition(Node::new(operation)))
    }

    fn fragment(&mut self) -> Option<Definition> {
        let name = self.word().filter(|name| *name != "on")?;
        self.word().filter(|word| *word == "on")?;
        let fragment = FragmentDefinition {
            name: Name::new_unchecked(name),
            type_condition: self.name()?,
            directives: self.directives()?,
            selection_set: self.selections()?,
        };
        Some(Definition::FragmentDefinition(Node::new(fragment)))
    }

    fn variables(&mut self) -> Option<Vec<Node<VariableDefinition>>> {
        let mut variables = Vec::new();
        if !self.passes(b'(') {
            return Some(variables);
        }
        self.is_constant = true;
        while !self.passes(b')') {
            self.expect(b'$')?;
            let name = self.name()?;
            self.expect(b':')?;
            let ty = Node::new(self.ty()?);
            let default_value = match self.passes(b'=') {
                true => Some(self.value()?),
                false => None,
            };
            let directives = self.directives()?;
            variables.push(Node::new(VariableDefinition {
                name,
                ty,
                default_value,
                directives,
            }));
        }
        self.is_constant = false;
        (!variables.is_empty()).then_some(variables)
    }

    fn ty(&mut self) -> Option<Type> {
        let ty = if self.passes(b'[') {
            let element = self.ty()?;
            self.expect(b']')?;
            Type::List(Box::new(element))
        } else {
            Type::Named(self.name()?)
        };
        Some(match self.passes(b'!') {
            true => ty.non_null(),
            false => ty,
        })
    }

    fn selections(&mut self) -> Option<Vec<Selection>> {
        self.expect(b'{')?;
        let mut selections = Vec::new();
        while !self.passes(b'}') {
            selections.push(match self.peek()? {
                b'.' => self.spread()?,
                _ => Selection::Field(Node::new(self.field()?)),
            });
        }
        (!selections.is_empty()).then_some(selections)
    }

    fn field(&mut self) -> Option<Field> {
        self.peek();
        self.fields.push(self.at);
        let first = self.name()?;
        let (alias, name) = match self.passes(b':') {
            true => (Some(first), self.name()?),
            false => (None, first),
        };
        Some(Field {
            alias,
            name,
            arguments: self.arguments()?,
            directives: self.directives()?,
            selection_set: match self.peek() {
                Some(b'{') => self.selections()?,
                _ => Vec::new(),
            },
        })
    }

    fn spread(&mut self) -> Option<Selection> {
        if !self.text[self.at..].starts_with("...") {
            return None;
        }
        self.at += 3;
        let mut type_condition = None;
        if self.peek().is_some_and(is_start_of_name) {
            let word = self.word()?;
            if word != "on" {
                return Some(Selection::FragmentSpread(Node::new(FragmentSpread {
                    fragment_name: Name::new_unchecked(word),
                    directives: self.directives()?,
                })));
            }
            type_condition = Some(self.name()?);
        }
        Some(Selection::InlineFragment(Node::new(InlineFragment {
            type_condition,
            directives: self.directives()?,
            selection_set: self.selections()?,
        })))
    }

    fn directives(&mut self) -> Option<DirectiveList> {
        let mut directives = DirectiveList::default();
        while self.passes(b'@') {
            directives.0.push(Node::new(Directive {
                name: self.name()?,
                arguments: self.arguments()?,
            }));
        }
        Some(directives)
    }

    fn arguments(&mut self) -> Option<Vec<Node<Argument>>> {
        let mut arguments = Vec::new();
        if !self.passes(b'(') {
            return Some(arguments);
        }
        while !self.passes(b')') {
            let name = self.name()?;
            self.expect(b':')?;
            let value = self.value()?;
            arguments.push(Node::new(Argument { name, value }));
        }
        (!arguments.is_empty()).then_some(arguments)
    }

    fn value(&mut self) -> Option<Node<Value>> {
        let value = match self.peek()? {
            b'$' if !self.is_constant => {
                self.at += 1;
                Value::Variable(self.name()?)
            }
            b'"' => Value::String(self.string()?.to_owned()),
            b'-' | b'0'..=b'9' => self.number()?,
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.passes(b']') {
                    items.push(self.value()?);
                }
                Value::List(items)
            }
            b'{' => {
                self.at += 1;
                let mut fields = Vec::new();
                while !self.passes(b'}') {
                    let name = self.name()?;
                    self.expect(b':')?;
                    fields.push((name, self.value()?));
                }
                Value::Object(fields)
            }
            _ => match self.word()? {
                "null" => Value::Null,
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                other => Value::Enum(Name::new_unchecked(other)),
            },
        };
        Some(Node::new(value))
    }

    /// A string that stands for itself.
    fn string(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.at..];
        if rest.starts_with("\"\"\"") {
            return None;
        }
        let inside = &rest[1..];
        let is_plain = |byte: u8| byte == b'\t' || (byte >= b' ' && !matches!(byte, b'"' | b'\\'));
        let end = inside.bytes().position(|byte| !is_plain(byte))?;
        if inside.as_bytes()[end] != b'"' {
            return None;
        }
        self.at += end + 2;
        Some(&inside[..end])
    }

    fn number(&mut self) -> Option<Value> {
        let bytes = &self.text.as_bytes()[self.at..];
        let digits = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let start = usize::from(bytes[0] == b'-');
        let whole = digits(start);
        if whole == 0 || (whole > 1 && bytes[start] == b'0') {
            return None;
        }
        let mut end = start + whole;
        let mut is_whole = true;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            (end, is_whole) = (end + 1 + fraction, false);
            if fraction == 0 {
                return None;
            }
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            (end, is_whole) = (end + 1 + sign + exponent, false);
            if exponent == 0 {
                return None;
            }
        }
        let goes_on = |byte: &u8| *byte == b'.' || is_in_name(*byte);
        if bytes.get(end).is_some_and(goes_on) {
            return None;
        }
        let text = &self.text[self.at..self.at + end];
        self.at += end;
        Some(match is_whole {
            true => Value::Int(IntValue::new_parsed(text)),
            false => Value::Float(FloatValue::new_parsed(text)),
        })
    }
}

fn is_start_of_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphabetic()
}

fn is_in_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}
