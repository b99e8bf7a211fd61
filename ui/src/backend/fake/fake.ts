import type { Backend } from "../backend";
export function fakeFromAddress(_: URLSearchParams): Backend { throw new Error("x"); }
