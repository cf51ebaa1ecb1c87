/** What a workbench in a browser has stored. */

/** Everything that the page's workbench has stored, without the escapes of JSON inside JSON. Runs in the page. */
export async function readStorage(): Promise<string[]> {
  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error("the storage cannot be read"));
    });
  const values: string[] = [];
  for (const { name = "" } of await indexedDB.databases()) {
    if (!name.startsWith("vscode-web-state-db")) continue;
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const all: unknown[] = await settled(database.transaction(store).objectStore(store).getAll());
      values.push(...all.map(String));
    }
    database.close();
  }
  return values.map((value) => value.replaceAll("\\", ""));
}
