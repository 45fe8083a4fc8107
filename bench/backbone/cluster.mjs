// Leaders of three local servers killed under load; see deploy/drill.
import { drill } from "../../deploy/drill/drill.mjs";
import { row } from "../measure.mjs";

export async function clusterRows() {
  const { kills, acknowledged, lost, duplicated, longestGap } = await drill({ kills: 5, tell: console.error });
  return [
    row("backbone.drill_kills", kills, "", null),
    row("backbone.drill_writes", acknowledged, "", null),
    row("backbone.drill_lost", lost, "", { atMost: 0 }),
    row("backbone.drill_duplicated", duplicated, "", { atMost: 0 }),
    row("backbone.drill_longest_gap", longestGap.ms / 1000, "s", { atMost: 10 }),
  ];
}
