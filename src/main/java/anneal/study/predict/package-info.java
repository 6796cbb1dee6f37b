/**
 * How long every CUDA kernel should take on an H100 at least: a catalogue of calls that launches each of them on a shape of
 * an ADM UNet, what the simulator counts of them, and what a GPU takes beside it.
 */
package anneal.study.predict;
