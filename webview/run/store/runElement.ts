/**
 * The base of all elements of the panel, rendered again whenever the panel's store changes.
 */
import { StoreElement } from "../../shared/store/storeElement";
import type { Store } from "./store";

export abstract class RunElement extends StoreElement<Store> {}
