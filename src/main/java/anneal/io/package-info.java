/**
 * Files: safetensors, npz and PNG in and out, checked before anything is allocated and written atomically.
 * Everything here speaks in arrays and memory segments and knows nothing of tensors or devices.
 */
package anneal.io;
