/** The wire format of protocol buffers: a bundle of its own (dist/wireReader.js), which worker and command line share. */
export { Reader } from "protobufjs/minimal";
