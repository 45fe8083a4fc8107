import { cleanUpHome, homeArgument } from "./clean-up.js";

// Started by the janitor of an owner that was killed. When a new owner has the home meanwhile, there is nothing to do.
await cleanUpHome(homeArgument(process.argv));
