import { accessControl } from "./access-control.js";
import { arbitraryCall } from "./arbitrary-call.js";
import { blacklist } from "./blacklist.js";
import { delegatecall } from "./delegatecall.js";
import type { Detector } from "./detector.js";
import { mint } from "./mint.js";
import { oracle } from "./oracle.js";
import { ownerPowers } from "./owner-powers.js";
import { pause } from "./pause.js";
import { reentrancy } from "./reentrancy.js";
import { selfdestruct } from "./selfdestruct.js";
import { storageLayout } from "./storage-layout.js";
import { transferFee } from "./transfer-fee.js";
import { txOrigin } from "./tx-origin.js";
import { uncheckedReturn } from "./unchecked-return.js";
import { upgradability } from "./upgradability.js";
import { weakRandomness } from "./weak-randomness.js";

export const DETECTORS: readonly Detector[] = [
  accessControl,
  ownerPowers,
  upgradability,
  storageLayout,
  mint,
  pause,
  blacklist,
  transferFee,
  reentrancy,
  delegatecall,
  selfdestruct,
  uncheckedReturn,
  oracle,
  txOrigin,
  arbitraryCall,
  weakRandomness,
];
