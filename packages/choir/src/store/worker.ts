import { serve } from "../threads/serve.js";
import { Store } from "./store.js";

/** The thread that holds the SQLite file. */
serve(new Store(), "The knowledge base");
