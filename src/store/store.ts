/** The connection to PostgreSQL, the only source of truth. Table functions take a `Queryable`; steps run in `transaction`. */
import knex, { type Knex } from 'knex';
import pg from 'pg';

/** The pool: for reads outside a step. */
export type Db = Knex;
/** One open transaction: a step's. */
export type Tx = Knex.Transaction;
/** What a table function takes, so that it works inside a step and outside. */
export type Queryable = Db | Tx;

export interface Store {
  readonly db: Db;
  readonly url: string;
  /** Runs `work` in one READ COMMITTED transaction; commits when it resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Waits for running queries, then closes every connection. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Most connections of this process's pool. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
}

/** Named limits of every connection, in milliseconds. */
export const storeLimits = {
  connectMs: 10_000,
  acquireMs: 30_000,
  statementMs: 120_000,
  idleInTransactionMs: 60_000,
} as const;

/**
 * Opens a pool; connections are made when first needed, so an unreachable server shows at the first query.
 * Values come back as: bigint and numeric as string (no precision is lost), date as 'YYYY-MM-DD', timestamptz as Date.
 */
export function openStore({ url, poolSize = 10, applicationName = 'portolan' }: StoreOptions): Store {
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: storeLimits.connectMs,
      statement_timeout: storeLimits.statementMs,
      idle_in_transaction_session_timeout: storeLimits.idleInTransactionMs,
      keepAlive: true,
      types: { getTypeParser },
    } as Knex.PgConnectionConfig,
    pool: { min: 0, max: poolSize },
    acquireConnectionTimeout: storeLimits.acquireMs,
    log: silent,
  });
  return {
    db,
    url,
    transaction: (work) => db.transaction(work),
    close: () => db.destroy(),
  };
}

/** knex writes to the console what it also throws. */
const silent: Knex.Logger = { warn() {}, error() {}, debug() {}, deprecate() {} };

const asText = (value: string): string => value;

/** pg's own parsers, except `date`: a calendar day has no time zone, and pg would give it the machine's. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.DATE ? asText : pg.types.getTypeParser(oid, format as 'text');
