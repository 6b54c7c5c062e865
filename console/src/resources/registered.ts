// Every document that the console sends, word for word, for servers that answer registered ones alone: see
// scripts/documents.mjs.
import { createRequest, stringifyDocument } from '@urql/core';

import * as typed from '../generated/graphql/graphql';
import { countDocument, createDocument, deleteDocument, everyColumn, exportDocument, moreDocument, pageDocument, rowDocument, updateDocument } from './documents';
import { RESOURCES } from './schema';

const ofPages = Object.values(typed)
  .filter((each) => each instanceof typed.TypedDocumentString)
  .map(String);

const ofTables = RESOURCES.flatMap((resource) => {
  const columns = everyColumn(resource);
  return [
    pageDocument(resource, columns),
    exportDocument(resource, columns),
    moreDocument(resource, columns),
    countDocument(resource),
    rowDocument(resource),
    rowDocument(resource, true),
    ...(resource.create ? [createDocument(resource)] : []),
    ...(resource.update ? [updateDocument(resource)] : []),
    ...(resource.remove ? [deleteDocument(resource)] : []),
  ].map(String);
});

/** As the client writes them: not always as they were given to it. */
export const documents = [...ofPages, ...ofTables].map((text) => stringifyDocument(createRequest(text, {}).query));
