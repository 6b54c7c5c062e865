import { Head } from '../components/basics';
import { t } from '../texts';

/** GraphiQL, which keeps the same session: in a frame, for its editor needs what this page's policy refuses. */
export default function Explorer() {
  return (
    <>
      <Head title={t.pages.explorer} lead={t.explorer.lead}>
        <a class="button" href="/graphiql" target="_blank" rel="noreferrer">
          {t.explorer.full}
        </a>
      </Head>
      <iframe class="explorer" src="/graphiql" title={t.pages.explorer} />
    </>
  );
}
