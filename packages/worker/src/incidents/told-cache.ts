import type { IncidentTable, Told } from '../state/incident-table.ts';

/** What channels were told, and which steps were taken, read from the table once per incident. */
export class ToldCache {
  readonly #table: IncidentTable;
  readonly #told = new Map<string, Map<string, Told>>();
  readonly #steps = new Set<string>();

  constructor(table: IncidentTable) {
    this.#table = table;
  }

  /** What channels know of an incident, by channel. */
  of(incidentId: string): ReadonlyMap<string, Told> {
    return this.#load(incidentId);
  }

  /** Notes in the table what a channel will know. */
  save(incidentId: string, channel: string, told: Told): void {
    this.#load(incidentId).set(channel, told);
    this.#table.saveTold(incidentId, channel, told);
  }

  /** Takes a step once; `take` asks the table, which knows what other processes took. */
  takeStep(incidentId: string, step: string, take: () => boolean): boolean {
    const key = `${incidentId} ${step}`;
    if (this.#steps.has(key)) return false;
    this.#steps.add(key);
    return take();
  }

  /** Notes that an incident is new: nobody knows of it, and the table need not be asked. */
  open(incidentId: string): void {
    this.#told.set(incidentId, new Map());
  }

  /** Forgets one incident. */
  forget(incidentId: string): void {
    this.#told.delete(incidentId);
  }

  /** Forgets everything: the table may have changed. */
  clear(): void {
    this.#told.clear();
    this.#steps.clear();
  }

  #load(incidentId: string): Map<string, Told> {
    const known = this.#told.get(incidentId);
    if (known !== undefined) return known;
    const loaded = new Map(this.#table.toldOf(incidentId));
    this.#told.set(incidentId, loaded);
    return loaded;
  }
}
