/** Runs asynchronous functions in their order, `lanes` of them at a time; resolves when all have ended. */
export async function sideBySide(tasks, lanes) {
  const queue = [...tasks];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
