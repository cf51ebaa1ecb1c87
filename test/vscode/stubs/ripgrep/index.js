/**
 * Names ripgrep's binary as @vscode/ripgrep does, which is an ES module only: the Node of VS Code 1.90 cannot require() one.
 * The binary lies beside whoever asks for it, not beside this file.
 */
const binary = process.platform === "win32" ? "rg.exe" : "rg";
exports.rgPath = require.resolve(
  `@vscode/ripgrep-${process.platform}-${process.arch}/bin/${binary}`,
  { paths: module.parent.paths },
);
