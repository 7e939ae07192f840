import { holdPart } from './hold.ts';

holdPart(0, 3);
