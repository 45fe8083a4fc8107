import { openDriver } from "../../src/drivers/open.js";
import { conformance } from "./conformance.js";

conformance("qemu", (o) => openDriver({ ...o, driver: "qemu" }));
