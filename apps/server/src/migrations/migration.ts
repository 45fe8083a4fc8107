import type { Backbone } from "@vibewriter/backbone";

/** What a migration works with. */
export interface MigrationParts {
  readonly backbone: Backbone;
  /** Told of what could not be migrated, and stays as it is. */
  readonly warn: (what: string, error: unknown) => void;
}

/**
 * From one state version to the next. It may be cut off anywhere and is then run again from its beginning, and two servers may run it at the
 * same time: so it looks at each thing before it changes it, and changes by compare-and-set.
 */
export interface Migration {
  readonly from: number;
  /** As in "Migrating ...". */
  readonly what: string;
  run(parts: MigrationParts): Promise<void>;
}
