/** Prints a line when the first hidden states of a fresh process are there: node firstStates.mjs BUNDLE-URL ARCHIVE */
import console from "node:console";

const [bundle, archive] = process.argv.slice(2);
const { firstStates } = await import(bundle);
console.log((await firstStates(archive)).length);
