import { holdPart } from './hold.ts';

holdPart(1, 3);
