/**
 * What all elements of the panel are: drawn again whenever the panel's store changes.
 */
import { StoreElement } from "../../shared/storeElement";
import type { Store } from "./store";

export abstract class RunElement extends StoreElement<Store> {}
