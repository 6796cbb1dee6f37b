/**
 * Tensors, devices, scopes and reverse-mode automatic differentiation, one class per family of differentiable
 * operations. Layout is channels last (NHWC), weights are [outC, kH, kW, inC].
 */
package anneal.tensor;
