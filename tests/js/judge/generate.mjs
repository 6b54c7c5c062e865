// Documents that fit a schema, with the values of their variables.
import {
  getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isListType,
  isNonNullType, isObjectType, isRequiredArgument, isRequiredInputField,
} from 'graphql';
import { right } from './scalars.mjs';

const DEPTH_MAX = 5;

/** Writes one document. */
export class Generator {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
    this.fragments = [];
    this.variables = new Map();
    this.values = {};
    this.aliases = 0;
  }

  document() {
    const { random, schema } = this;
    const kind = random.pick(['query', 'query', 'mutation', 'mutation', 'subscription', 'live']);
    const roots = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
    const selection = kind === 'live'
      ? `{ live ${this.selections(roots.query, 1)} }`
      : this.selections(roots[kind], 0, kind === 'subscription');
    const keyword = kind === 'live' ? 'subscription' : kind;
    const name = random.chance(0.5) ? 'Op' : '';
    const definitions = [...this.variables.values()].map(({ name, type, fallback }) => `$${name}: ${type}${fallback === undefined ? '' : ` = ${fallback}`}`);
    const head = `${keyword} ${name}${definitions.length ? `(${definitions.join(random.pick([', ', ' ', '\n']))})` : ''}`;
    const parts = [`${head} ${selection}`, ...this.fragments];
    let operationName;
    if (name && random.chance(0.1)) {
      parts.push('query Other { version }');
      operationName = 'Op';
    }
    if (random.chance(0.3)) parts.reverse();
    return { query: parts.join('\n'), operationName, variables: this.values };
  }

  selections(type, depth, single = false) {
    const { random } = this;
    const fields = Object.values(type.getFields?.() ?? {}).filter((field) => depth < DEPTH_MAX || !isCompositeType(getNamedType(field.type)));
    const chosen = single ? [random.pick(fields.filter((field) => field.name !== 'live'))] : random.some(fields, 1 + random.below(depth === 0 ? 2 : 4));
    const written = chosen.map((field) => this.field(type, field, depth, single));
    if (!single && (written.length === 0 || random.chance(0.15))) written.push('__typename');
    if (!single && depth > 0 && random.chance(0.12)) written.push(this.fragment(type, depth));
    if (!single && type === this.schema.getQueryType() && random.chance(0.05)) {
      written.push('__schema { queryType { name fields { name } } }', '__type(name: "Note") { kind }');
    }
    if (single && random.chance(0.2)) return `{ ... { ${written.join(' ')} } }`;
    return `{ ${written.join(random.pick([' ', ', ', '\n  ']))} }`;
  }

  field(type, field, depth, single) {
    const { random } = this;
    const given = field.args.filter((arg) => isRequiredArgument(arg) || random.chance(0.35));
    const args = given.map((arg) => `${arg.name}: ${this.value(arg.type, 0, arg.defaultValue !== undefined)}`);
    const inner = isCompositeType(getNamedType(field.type)) ? ` ${this.selections(getNamedType(field.type), depth + 1)}` : '';
    const alias = given.length > 0 || random.chance(0.1) ? `a${(this.aliases += 1)}: ` : '';
    return `${alias}${field.name}${args.length ? `(${args.join(random.pick([', ', ' ']))})` : ''}${single ? '' : this.directives()}${inner}`;
  }

  directives() {
    const { random } = this;
    if (!random.chance(0.06)) return '';
    const condition = random.chance(0.5) ? String(random.chance(0.5)) : this.variable('Boolean!', random.chance(0.5));
    return ` @${random.pick(['skip', 'include'])}(if: ${condition})`;
  }

  fragment(type, depth) {
    const { random, schema } = this;
    let on = type;
    if (isAbstractType(type)) on = random.pick([type, ...schema.getPossibleTypes(type)]);
    else if (isObjectType(type) && type.getInterfaces().length && random.chance(0.3)) on = random.pick(type.getInterfaces());
    const selection = this.selections(on, depth + 1);
    if (random.chance(0.5)) return `...${random.chance(0.7) ? ` on ${on.name}` : on === type ? '' : ` on ${on.name}`}${this.directives()} ${selection}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on.name} ${selection}`);
    return `...${name}`;
  }

  /** A variable that takes a type, with a value that does. */
  variable(type, value) {
    const name = `v${this.variables.size}`;
    this.variables.set(name, { name, type });
    this.values[name] = value;
    return `$${name}`;
  }

  /** A value for a type as it is written in a document. */
  value(type, depth, hasDefault = false) {
    const { random } = this;
    if (random.chance(depth === 0 ? 0.35 : 0.15)) return this.variableFor(type, hasDefault);
    if (!isNonNullType(type) && random.chance(0.05)) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (random.chance(0.1) && !isListType(getNullableType(nullable.ofType))) return this.value1(nullable.ofType, depth);
      return `[${Array.from({ length: random.below(3) }, () => this.value(nullable.ofType, depth + 1)).join(random.pick([', ', ' ']))}]`;
    }
    return this.value1(nullable, depth);
  }

  /** The same, neither a variable nor null: a list of one may be written as what is in it. */
  value1(type, depth) {
    const { random } = this;
    const nullable = getNullableType(type);
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const chosen = random.some(fields, depth > 4 ? 0 : 1 + random.below(2));
      const given = fields.filter((field) => isRequiredInputField(field) || chosen.includes(field));
      return `{${given.map((field) => `${field.name}: ${this.value(field.type, depth + 1, field.defaultValue !== undefined)}`).join(', ')}}`;
    }
    if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
    if (isListType(nullable)) return this.value(nullable, depth + 1);
    return literal(random.pick(right[nullable.name]), nullable.name);
  }

  variableFor(type, hasDefault) {
    const { random } = this;
    const stricter = isNonNullType(type) || random.chance(0.3);
    let written = String(stricter && !isNonNullType(type) ? `${type}!` : type);
    const name = `v${this.variables.size}`;
    let fallback;
    if (random.chance(0.2)) {
      const constant = this.json(getNullableType(type), 2);
      fallback = literalOf(constant, getNullableType(type));
      if (isNonNullType(type) && random.chance(0.5)) written = String(type.ofType);
    } else if (isNonNullType(type) && hasDefault && random.chance(0.5)) {
      written = String(type.ofType);
    }
    this.variables.set(name, { name, type: written, fallback });
    const optional = fallback !== undefined || !written.endsWith('!');
    if (!optional || random.chance(0.7)) this.values[name] = this.json(written.endsWith('!') ? getNullableType(type) : type, 0);
    return `$${name}`;
  }

  /** A value for a type as JSON. */
  json(type, depth) {
    const { random } = this;
    if (!isNonNullType(type) && depth > 0 && random.chance(0.05)) return null;
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (random.chance(0.15)) return this.json(getNullableType(nullable.ofType), depth + 1);
      return Array.from({ length: random.below(3) }, () => this.json(nullable.ofType, depth + 1));
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const chosen = random.some(fields, depth > 4 ? 0 : random.below(3));
      const given = fields.filter((field) => isRequiredInputField(field) || chosen.includes(field));
      return Object.fromEntries(given.map((field) => [field.name, this.json(field.type, depth + 1)]));
    }
    if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
    return random.pick(right[nullable.name]);
  }
}

/** A scalar's value as it is written in a document. */
export function literal(value, scalar) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, scalar)).join(', ')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, item]) => `${key}: ${literal(item, scalar)}`).join(', ')}}`;
  return JSON.stringify(value);
}

/** A value of any input type as it is written. */
function literalOf(value, type) {
  const nullable = getNullableType(type);
  if (value === null) return 'null';
  if (isListType(nullable)) {
    return Array.isArray(value) ? `[${value.map((item) => literalOf(item, nullable.ofType)).join(', ')}]` : literalOf(value, nullable.ofType);
  }
  if (isInputObjectType(nullable)) {
    const fields = nullable.getFields();
    return `{${Object.entries(value).map(([name, item]) => `${name}: ${literalOf(item, fields[name].type)}`).join(', ')}}`;
  }
  return isEnumType(nullable) ? value : literal(value, nullable.name);
}
