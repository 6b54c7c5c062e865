// Faults, of every kind that a document or its variables can have. Whether something is one after all is the judge's to
// say: some changes mean nothing.
import { Kind, Lexer, parse, parseType, parseValue, print, Source, TokenKind, visit } from 'graphql';
import { right, wrong } from './scalars.mjs';

const clone = (value) => structuredClone(value);
const name = (value) => ({ kind: Kind.NAME, value });

export class Spoiler {
  constructor(schema) {
    const types = Object.values(schema.getTypeMap());
    this.typeNames = types.map((type) => type.name);
    this.fieldNames = types.flatMap((type) => Object.keys(type.getFields?.() ?? {}));
    this.samples = [...Object.values(right), ...Object.values(wrong)].flat();
  }

  spoil(written, random) {
    this.random = random;
    let spoilt = { ...written, variables: clone(written.variables) };
    const count = random.chance(0.7) ? 1 : 2;
    for (let n = 0; n < count; n += 1) {
      const way = random.next();
      if (way < 0.25 && Object.keys(spoilt.variables).length > 0) spoilt.variables = this.values(spoilt.variables);
      else if (way < 0.32) spoilt.query = this.tokens(spoilt.query);
      else spoilt.query = this.tree(spoilt.query);
    }
    return spoilt;
  }

  /** A change somewhere in the syntax tree. */
  tree(query) {
    const { random } = this;
    let document;
    try {
      document = clone(parse(query, { noLocation: true }));
    } catch {
      return query;
    }
    const places = [];
    visit(document, { enter: (node, key, parent) => void places.push({ node, key, parent }) });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { node, key, parent } = random.pick(places);
      const change = this[node.kind]?.(node, Array.isArray(parent) ? parent : undefined, key, document);
      if (change) break;
    }
    return print(document);
  }

  typo(value) {
    const { random } = this;
    const at = random.below(value.length);
    return random.pick([value.slice(0, at) + value.slice(at + 1) || 'x', `${value}x`, value.toUpperCase(), random.pick(this.fieldNames)]);
  }

  /** Takes an element out of its list, or doubles it. */
  list(node, parent, key) {
    if (!parent) return false;
    if (this.random.chance(0.5)) parent.splice(key, 1);
    else parent.splice(key, 0, clone(node));
    return true;
  }

  literal() {
    const { random } = this;
    return random.pick([
      () => parseValue(this.json(random.pick(this.samples)), { noLocation: true }),
      () => ({ kind: Kind.ENUM, value: random.pick(['ASC', 'COSINE', 'ID', 'FOO']) }),
      () => ({ kind: Kind.NULL }),
      () => ({ kind: Kind.VARIABLE, name: name(`v${random.below(4)}`) }),
      () => ({ kind: Kind.INT, value: random.pick(['99999999999', '9223372036854775808', '0', '-1']) }),
      () => ({ kind: Kind.FLOAT, value: random.pick(['1.0', '1e3', '-0.5']) }),
    ])();
  }

  json(value) {
    if (Array.isArray(value)) return `[${value.map((item) => this.json(item)).join(', ')}]`;
    if (value && typeof value === 'object') return `{${Object.entries(value).map(([key, item]) => `${key}: ${this.json(item)}`).join(', ')}}`;
    return JSON.stringify(value);
  }

  replace(node, by) {
    for (const key of Object.keys(node)) delete node[key];
    Object.assign(node, by);
    return true;
  }

  anyValue(node, parent, key) {
    const { random } = this;
    return random.pick([
      () => this.replace(node, this.literal()),
      () => this.replace(node, this.literal()),
      () => this.replace(node, { kind: Kind.LIST, values: [clone(node)] }),
      () => this.replace(node, { kind: Kind.OBJECT, fields: [{ kind: Kind.OBJECT_FIELD, name: name('eq'), value: clone(node) }] }),
      () => this.list(node, parent, key),
    ])();
  }

  [Kind.INT](...at) { return this.anyValue(...at); }
  [Kind.FLOAT](...at) { return this.anyValue(...at); }
  [Kind.STRING](...at) { return this.anyValue(...at); }
  [Kind.BOOLEAN](...at) { return this.anyValue(...at); }
  [Kind.NULL](...at) { return this.anyValue(...at); }

  [Kind.ENUM](node, ...at) {
    if (this.random.chance(0.5)) return this.anyValue(node, ...at);
    node.value = this.typo(node.value);
    return true;
  }

  [Kind.LIST](node, ...at) {
    if (this.random.chance(0.4) && node.values.length) return this.replace(node, clone(node.values[0]));
    return this.anyValue(node, ...at);
  }

  [Kind.OBJECT](node, ...at) {
    const field = { kind: Kind.OBJECT_FIELD, name: name(this.random.pick(this.fieldNames)), value: this.literal() };
    if (this.random.chance(0.4)) return node.fields.push(field);
    return this.anyValue(node, ...at);
  }

  [Kind.OBJECT_FIELD](node, parent, key) {
    const { random } = this;
    if (random.chance(0.4)) return this.list(node, parent, key);
    node.name.value = this.typo(node.name.value);
    return true;
  }

  [Kind.ARGUMENT](node, parent, key) {
    return this[Kind.OBJECT_FIELD](node, parent, key);
  }

  [Kind.VARIABLE](node, parent) {
    if (!this.random.chance(0.3)) return false;
    node.name.value = this.random.pick(['v0', 'v1', 'zzz']);
    return true;
  }

  [Kind.VARIABLE_DEFINITION](node, parent, key) {
    const { random } = this;
    const type = print(node.type);
    const scalars = Object.keys(right);
    const changed = random.pick([
      () => random.pick(scalars),
      () => `${random.pick(scalars)}!`,
      () => `[${type}]`,
      () => (type.endsWith('!') ? type.slice(0, -1) : `${type}!`),
      () => (type.startsWith('[') ? type.replace(/^\[(.*?)\]!?$/, '$1') : `[${type}!]!`),
      () => type.replace('!]', ']'),
      () => random.pick(this.typeNames),
      () => this.typo(type.replace(/[[\]!]/g, '')),
    ]);
    switch (random.below(6)) {
      case 0: return this.list(node, parent, key);
      case 1: node.defaultValue = this.literal(); return true;
      case 2: node.defaultValue = { kind: Kind.NULL }; return true;
      case 3: node.directives = [this.directive()]; return true;
      default: return this.retype(node, changed());
    }
  }

  retype(node, type) {
    try {
      node.type = parseType(type, { noLocation: true });
      return true;
    } catch {
      // What stood there was no type already.
      return false;
    }
  }

  directive() {
    const { random } = this;
    return {
      kind: Kind.DIRECTIVE,
      name: name(random.pick(['include', 'skip', 'deprecated', 'oneOf', 'specifiedBy', 'foo'])),
      arguments: random.chance(0.2) ? [] : [{ kind: Kind.ARGUMENT, name: name(random.pick(['if', 'if', 'if', 'when'])), value: random.pick([{ kind: Kind.BOOLEAN, value: true }, this.literal()]) }],
    };
  }

  withDirective(node) {
    node.directives = [...(node.directives ?? []), this.directive()];
    return true;
  }

  [Kind.DIRECTIVE](node, parent, key) {
    if (this.random.chance(0.6)) return this.list(node, parent, key);
    node.name.value = this.typo(node.name.value);
    return true;
  }

  [Kind.FIELD](node, parent, key) {
    const { random } = this;
    const selection = (selected) => ({ kind: Kind.FIELD, name: name(selected) });
    return random.pick([
      () => { node.name.value = this.typo(node.name.value); return true; },
      () => this.list(node, parent, key),
      () => this.withDirective(node),
      () => { node.arguments = [...(node.arguments ?? []), { kind: Kind.ARGUMENT, name: name(random.pick([...this.fieldNames.slice(0, 5), 'where', 'first', 'if'])), value: this.literal() }]; return true; },
      () => { if (node.selectionSet) delete node.selectionSet; else node.selectionSet = { kind: Kind.SELECTION_SET, selections: [selection('id')] }; return true; },
      () => { node.alias = name(random.pick(['a1', 'a2', 'id', 'nodes'])); return true; },
      () => parent?.push(random.chance(0.5) ? selection(random.pick(['__typename', '__schema', '__type'])) : { ...clone(node), arguments: [] }),
    ])();
  }

  [Kind.INLINE_FRAGMENT](node) {
    if (this.random.chance(0.3)) return this.withDirective(node);
    node.typeCondition = { kind: Kind.NAMED_TYPE, name: name(this.random.pick(this.typeNames)) };
    return true;
  }

  [Kind.FRAGMENT_SPREAD](node, parent, key) {
    if (this.random.chance(0.3)) return this.withDirective(node);
    if (this.random.chance(0.5)) return this.list(node, parent, key);
    node.name.value = this.random.pick(['F0', 'F1', 'F9']);
    return true;
  }

  [Kind.FRAGMENT_DEFINITION](node, parent, key) {
    const { random } = this;
    switch (random.below(5)) {
      case 0: return this.list(node, parent, key);
      case 1: node.name.value = random.pick(['F0', 'F1', 'F2']); return true;
      case 2: node.selectionSet.selections.push({ kind: Kind.FRAGMENT_SPREAD, name: name(node.name.value) }); return true;
      case 3: return this.withDirective(node);
      default: node.typeCondition.name.value = random.pick(this.typeNames); return true;
    }
  }

  [Kind.OPERATION_DEFINITION](node, parent, key, document) {
    const { random } = this;
    switch (random.below(6)) {
      case 0: node.operation = random.pick(['query', 'mutation', 'subscription']); return true;
      case 1: return this.list(node, parent, key);
      case 2: return this.withDirective(node);
      case 3: node.variableDefinitions = [...(node.variableDefinitions ?? []), { kind: Kind.VARIABLE_DEFINITION, variable: { kind: Kind.VARIABLE, name: name(random.pick(['v0', 'unused'])) }, type: parseType(random.pick(['Int', 'String!', 'NoteWhere', 'Note']), { noLocation: true }) }]; return true;
      case 4: node.name = name('Other'); return true;
      default: return document.definitions.push({ kind: Kind.FRAGMENT_DEFINITION, name: name('F0'), typeCondition: { kind: Kind.NAMED_TYPE, name: name('Query') }, selectionSet: { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name: name('version') }] } });
    }
  }

  /** A change in the text, after which it is perhaps no document. */
  tokens(query) {
    const { random } = this;
    const spans = [];
    try {
      const lexer = new Lexer(new Source(query));
      for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) spans.push([token.start, token.end]);
    } catch {
      return query;
    }
    if (spans.length === 0) return query;
    const [start, end] = random.pick(spans);
    const token = query.slice(start, end);
    return query.slice(0, start) + random.pick([
      '', `${token} ${token}`, `"about this" ${token}`, `"""about\nthis""" ${token}`, `${token},,#\n`, '"', '...', '$', '1', '-', '0.', '01', '&', '\ufeff', '"\\u{1F600}"', '"\\uD83D\\uDE00"', '"\\x"', 'é', 'null', `${token}\t`,
    ]) + query.slice(end);
  }

  /** A change in the values of variables. */
  values(variables) {
    const { random } = this;
    const places = [];
    const walk = (at) => {
      for (const key of Object.keys(at)) {
        places.push([at, key]);
        if (at[key] && typeof at[key] === 'object') walk(at[key]);
      }
    };
    walk(variables);
    const [at, key] = random.pick(places);
    random.pick([
      () => { at[key] = clone(random.pick(this.samples)); },
      () => { at[key] = clone(random.pick(this.samples)); },
      () => { at[key] = null; },
      () => { if (Array.isArray(at)) at.splice(key, 1); else delete at[key]; },
      () => { at[key] = [at[key]]; },
      () => { at[key] = { eq: at[key] }; },
      () => { if (Array.isArray(at)) at.push(null); else at[random.pick(this.fieldNames)] = random.pick(this.samples); },
    ])();
    return variables;
  }
}
