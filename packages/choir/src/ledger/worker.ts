import { serve } from "../threads/serve.js";
import { LedgerStore } from "./store.js";

/** The thread in which the rules are and the SQLite file is. */
serve(new LedgerStore(), "The ledger");
